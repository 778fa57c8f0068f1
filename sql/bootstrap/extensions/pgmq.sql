-- pgmq: schema = pgmq, fixed = yes, relocatable = no, version = 1.5.1, runs = yes
-- Message queues in tables q_<name>, their archives in a_<name>. A stand-in that works, without partitioned queues; its
-- queue tables do not become members of the extension.

create table pgmq.meta (
    queue_name varchar not null,
    is_partitioned boolean not null,
    is_unlogged boolean not null,
    created_at timestamptz not null default now(),
    constraint meta_queue_name_key unique (queue_name)
);

create type pgmq.message_record as (
    msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb
);
create type pgmq.queue_record as (
    queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz
);
create type pgmq.metrics_result as (
    queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer, total_messages bigint,
    scrape_time timestamptz
);

grant usage on schema pgmq to pg_monitor;
grant select on table pgmq.meta to pg_monitor;

create function pgmq.validate_queue_name(queue_name text) returns void language plpgsql as $$
begin
    if length(queue_name) >= 48 then
        raise exception 'queue name is too long, maximum length is 48 characters';
    end if;
end
$$;

create function pgmq.format_table_name(queue_name text, prefix text) returns text language plpgsql as $$
begin
    if queue_name ~ '[$;'']|--' then
        raise exception 'queue name contains invalid characters: $, ;, --, or ''';
    end if;
    return lower(prefix || '_' || queue_name);
end
$$;

create function pgmq.pgmq_make(queue_name text, unlogged boolean) returns void language plpgsql as $$
declare
    queue text := pgmq.format_table_name(queue_name, 'q');
    archive text := pgmq.format_table_name(queue_name, 'a');
begin
    perform pgmq.validate_queue_name(queue_name);
    execute format(
        'create %s table if not exists pgmq.%I (
            msg_id bigint generated always as identity primary key, read_ct integer not null default 0,
            enqueued_at timestamptz not null default now(), vt timestamptz not null, message jsonb
        )',
        case when unlogged then 'unlogged' else '' end, queue
    );
    execute format(
        'create table if not exists pgmq.%I (
            msg_id bigint primary key, read_ct integer not null default 0,
            enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(),
            vt timestamptz not null, message jsonb
        )',
        archive
    );
    execute format('create index if not exists %I on pgmq.%I (vt)', queue || '_vt_idx', queue);
    execute format('create index if not exists %I on pgmq.%I (archived_at)', 'archived_at_idx_' || queue_name, archive);
    insert into pgmq.meta (queue_name, is_partitioned, is_unlogged) values (queue_name, false, unlogged)
    on conflict do nothing;
end
$$;

create function pgmq.create_non_partitioned(queue_name text) returns void language plpgsql as $$
begin
    perform pgmq.pgmq_make(queue_name, false);
end
$$;

create function pgmq.create(queue_name text) returns void language plpgsql as $$
begin
    perform pgmq.pgmq_make(queue_name, false);
end
$$;

create function pgmq.create_unlogged(queue_name text) returns void language plpgsql as $$
begin
    perform pgmq.pgmq_make(queue_name, true);
end
$$;

create function pgmq.create_partitioned(
    queue_name text, partition_interval text default '10000', retention_interval text default '100000'
) returns void language plpgsql as $$
begin
    raise feature_not_supported using message = 'pg_partman is required for partitioned queues';
end
$$;

create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as $$
begin
    execute format('drop table if exists pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
    execute format('drop table if exists pgmq.%I', pgmq.format_table_name(queue_name, 'a'));
    delete from pgmq.meta as m where m.queue_name = drop_queue.queue_name;
    return true;
end
$$;

create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean language plpgsql as $$
begin
    return pgmq.drop_queue(queue_name);
end
$$;

-- An archive is no member of the extension here, so there is nothing to detach it from.
create function pgmq.detach_archive(queue_name text) returns void language plpgsql as $$
begin
    if to_regclass(format('pgmq.%I', pgmq.format_table_name(queue_name, 'a'))) is null then
        raise undefined_table using message = format('queue "%s" has no archive', queue_name);
    end if;
end
$$;

create function pgmq.list_queues() returns setof pgmq.queue_record language plpgsql as $$
begin
    return query select m.queue_name, m.is_partitioned, m.is_unlogged, m.created_at from pgmq.meta as m;
end
$$;

create function pgmq.send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint
    language plpgsql as $$
begin
    return query execute format(
        'insert into pgmq.%I (vt, message) values (clock_timestamp() + $2, $1) returning msg_id',
        pgmq.format_table_name(queue_name, 'q')
    ) using msg, make_interval(secs => delay);
end
$$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint
    language plpgsql as $$
begin
    return query execute format(
        'insert into pgmq.%I (vt, message) select clock_timestamp() + $2, unnest($1) returning msg_id',
        pgmq.format_table_name(queue_name, 'q')
    ) using msgs, make_interval(secs => delay);
end
$$;

create function pgmq.read(queue_name text, vt integer, qty integer) returns setof pgmq.message_record
    language plpgsql as $$
begin
    return query execute format(
        'update pgmq.%1$I as m set vt = clock_timestamp() + $1, read_ct = m.read_ct + 1
        where m.msg_id in (
            select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit $2 for update skip locked
        ) returning m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message',
        pgmq.format_table_name(queue_name, 'q')
    ) using make_interval(secs => vt), qty;
end
$$;

create function pgmq.read_with_poll(
    queue_name text, vt integer, qty integer, max_poll_seconds integer default 5, poll_interval_ms integer default 100
) returns setof pgmq.message_record language plpgsql as $$
declare
    give_up timestamptz := clock_timestamp() + make_interval(secs => max_poll_seconds);
begin
    while clock_timestamp() < give_up loop
        return query select * from pgmq.read(queue_name, vt, qty);
        exit when found;
        perform pg_sleep(poll_interval_ms / 1000.0);
    end loop;
end
$$;

create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $$
begin
    return query execute format(
        'delete from pgmq.%1$I as m where m.msg_id = (
            select msg_id from pgmq.%1$I where vt <= now() order by msg_id limit 1 for update skip locked
        ) returning m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message',
        pgmq.format_table_name(queue_name, 'q')
    );
end
$$;

create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
    language plpgsql as $$
begin
    return query execute format(
        'update pgmq.%I as m set vt = now() + $1 where m.msg_id = $2
        returning m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message',
        pgmq.format_table_name(queue_name, 'q')
    ) using make_interval(secs => vt), msg_id;
end
$$;

create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
    return query execute format(
        'delete from pgmq.%I where msg_id = any ($1) returning msg_id', pgmq.format_table_name(queue_name, 'q')
    ) using msg_ids;
end
$$;

create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
begin
    return exists (select from pgmq.delete(queue_name, array[msg_id]));
end
$$;

create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
    return query execute format(
        'with archived as (
            delete from pgmq.%I where msg_id = any ($1) returning msg_id, vt, read_ct, enqueued_at, message
        )
        insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message)
        select msg_id, vt, read_ct, enqueued_at, message from archived returning msg_id',
        pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a')
    ) using msg_ids;
end
$$;

create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
begin
    return exists (select from pgmq.archive(queue_name, array[msg_id]));
end
$$;

create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
    purged bigint;
begin
    execute format('delete from pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
    get diagnostics purged = row_count;
    return purged;
end
$$;

create function pgmq.metrics(queue_name text) returns pgmq.metrics_result language plpgsql as $$
declare
    result pgmq.metrics_result;
begin
    execute format(
        'select $1, count(*), extract(epoch from now() - max(enqueued_at))::integer,
            extract(epoch from now() - min(enqueued_at))::integer,
            coalesce(pg_sequence_last_value(pg_get_serial_sequence(%1$L, %2$L)::regclass), 0), now()
        from %1$s',
        format('pgmq.%I', pgmq.format_table_name(queue_name, 'q')), 'msg_id'
    ) using queue_name into result;
    return result;
end
$$;

create function pgmq.metrics_all() returns setof pgmq.metrics_result language plpgsql as $$
begin
    return query select r.* from pgmq.meta as m, lateral pgmq.metrics(m.queue_name) as r;
end
$$;
