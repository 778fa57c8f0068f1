-- pg_cron: schema = pg_catalog, fixed = no, relocatable = no, version = 1.6.4, runs = yes
-- Jobs on a schedule, in schema cron. A stand-in: jobs are kept and can be changed, none is ever run.
-- Its functions are SECURITY DEFINER because the real ones, in C, write the tables past the caller's privileges.
-- The real control file pins pg_catalog; the platform lets a project name any schema, and puts it in pg_catalog.

create schema if not exists cron;

create sequence cron.jobid_seq;
grant select on sequence cron.jobid_seq to public;

create table cron.job (
    jobid bigint not null default nextval('cron.jobid_seq'),
    schedule text not null,
    command text not null,
    nodename text not null default 'localhost',
    nodeport integer not null default inet_server_port(),
    database text not null default current_database(),
    username text not null default current_user,
    active boolean not null default true,
    jobname text,
    constraint job_pkey primary key (jobid),
    constraint jobname_username_uniq unique (jobname, username)
);
grant select on table cron.job to public;
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create sequence cron.runid_seq;
grant select on sequence cron.runid_seq to public;

create table cron.job_run_details (
    jobid bigint,
    runid bigint not null default nextval('cron.runid_seq'),
    job_pid integer,
    database text,
    username text,
    command text,
    status text,
    return_message text,
    start_time timestamptz,
    end_time timestamptz,
    constraint job_run_details_pkey primary key (runid)
);
grant select, delete on table cron.job_run_details to public;
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

create function cron.job_cache_invalidate() returns trigger language plpgsql as $$
begin
    return null;
end
$$;
create trigger cron_job_cache_invalidate after insert or update or delete or truncate on cron.job
    for each statement execute function cron.job_cache_invalidate();

create function cron.schedule_in_database(
    job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint language plpgsql security definer set search_path to 'pg_catalog', 'pg_temp' as $$
declare
    caller text := coalesce(username, nullif(current_setting('role'), 'none'), session_user::text);
    job bigint;
begin
    if schedule !~ '^\s*(@\w+|\d+\s+seconds?|(\S+\s+){4}\S+)\s*$' then
        raise invalid_parameter_value using message = format('invalid schedule: %s', schedule),
            hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
    end if;
    insert into cron.job as j (jobname, schedule, command, database, username, active, nodeport)
    values (job_name, schedule, command, database, caller, active, coalesce(inet_server_port(), 5432))
    on conflict on constraint jobname_username_uniq do update
        set schedule = excluded.schedule, command = excluded.command, database = excluded.database,
            active = excluded.active
    returning j.jobid into job;
    return job;
end
$$;
revoke execute on function cron.schedule_in_database(text, text, text, text, text, boolean) from public;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
    language plpgsql security definer set search_path to 'pg_catalog', 'pg_temp' as $$
begin
    return cron.schedule_in_database(job_name, schedule, command, current_database());
end
$$;

create function cron.schedule(schedule text, command text) returns bigint
    language plpgsql strict security definer set search_path to 'pg_catalog', 'pg_temp' as $$
begin
    return cron.schedule_in_database(null, schedule, command, current_database());
end
$$;

create function cron.unschedule(job_id bigint) returns boolean
    language plpgsql strict security definer set search_path to 'pg_catalog', 'pg_temp' as $$
begin
    delete from cron.job as j where j.jobid = job_id;
    if not found then
        raise exception 'could not find valid entry for job %', job_id;
    end if;
    return true;
end
$$;

create function cron.unschedule(job_name text) returns boolean
    language plpgsql strict security definer set search_path to 'pg_catalog', 'pg_temp' as $$
begin
    delete from cron.job as j where j.jobname = job_name;
    if not found then
        raise exception 'could not find valid entry for job ''%''', job_name;
    end if;
    return true;
end
$$;

create function cron.alter_job(
    job_id bigint, schedule text default null, command text default null, database text default null,
    username text default null, active boolean default null
) returns void language plpgsql security definer set search_path to 'pg_catalog', 'pg_temp' as $$
begin
    update cron.job as j
    set schedule = coalesce(alter_job.schedule, j.schedule), command = coalesce(alter_job.command, j.command),
        database = coalesce(alter_job.database, j.database), username = coalesce(alter_job.username, j.username),
        active = coalesce(alter_job.active, j.active)
    where j.jobid = job_id;
    if not found then
        raise exception 'Job % does not exist or you don''t own it', job_id;
    end if;
end
$$;
revoke execute on function cron.alter_job(bigint, text, text, text, text, boolean) from public;
