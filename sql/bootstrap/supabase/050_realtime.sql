-- Schema realtime: the messages that policies guard, what a database function sends, the subscriptions, the
-- publication. Everything but schema_migrations belongs to supabase_realtime_admin.
--
-- The platform makes a partition of messages for each day; here one default partition takes every day. Left out is
-- the decoding of the write-ahead log (apply_rls, list_changes and their helpers), which only the Realtime server
-- calls; the filters of a subscription are checked for their columns, not for their values. On the newest hosted
-- projects postgres is no member of supabase_realtime_admin any more; elsewhere it still is.

create table realtime.schema_migrations (
    version bigint not null,
    inserted_at timestamp(0),
    constraint schema_migrations_pkey primary key (version)
);
revoke all on table realtime.schema_migrations from postgres, dashboard_user;

set role supabase_realtime_admin;

create type realtime.action as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');
create type realtime.equality_op as enum (
    'eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch', 'isdistinct'
);
create type realtime.user_defined_filter as (column_name text, op realtime.equality_op, value text, negate boolean);
create type realtime.wal_column as (
    name text, type_name text, type_oid oid, value jsonb, is_pkey boolean, is_selectable boolean
);
create type realtime.wal_rls as (wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[]);

create table realtime.messages (
    topic text not null,
    extension text not null,
    payload jsonb,
    event text,
    private boolean default false,
    updated_at timestamp not null default now(),
    inserted_at timestamp not null default now(),
    id uuid not null default gen_random_uuid(),
    binary_payload bytea,
    constraint messages_pkey primary key (id, inserted_at)
) partition by range (inserted_at);
create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
    where extension = 'broadcast' and private is true;
create table realtime.messages_default partition of realtime.messages default;
alter table realtime.messages
    add constraint messages_payload_exclusive check (payload is null or binary_payload is null) not valid;
alter table realtime.messages enable row level security;

grant all on table realtime.messages to postgres, dashboard_user;
grant select, insert, update on table realtime.messages to anon, authenticated, service_role;

create function realtime.topic() returns text language sql stable as $$
    select nullif(current_setting('realtime.topic', true), '')
$$;

create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
    language plpgsql as $$
declare
    message uuid := gen_random_uuid();
begin
    perform set_config('realtime.topic', topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (message, jsonb_build_object('id', message) || payload, event, topic, private, 'broadcast');
exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
    language plpgsql as $$
begin
    perform set_config('realtime.topic', topic, true);
    insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (payload, event, topic, private, 'broadcast');
exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
end
$$;

create function realtime.broadcast_changes(
    topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record,
    level text default 'ROW'
) returns void language plpgsql as $$
begin
    if level = 'STATEMENT' then
        raise exception 'broadcast_changes is for triggers that fire for each row, not for each statement';
    end if;
    if operation not in ('INSERT', 'UPDATE', 'DELETE') then
        raise exception 'unexpected operation: %', operation;
    end if;
    perform realtime.send(
        jsonb_build_object(
            'old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema
        ),
        event_name, topic_name
    );
end
$$;

grant execute on function
    realtime.topic(), realtime.send(jsonb, text, text, boolean), realtime.send_binary(bytea, text, text, boolean),
    realtime.broadcast_changes(text, text, text, text, text, record, record, text)
    to postgres, dashboard_user;

-- Immutable by declaration only, so that a generated column may call it.
create function realtime.to_regrole(role_name text) returns regrole language sql immutable as $$
    select role_name::regrole
$$;

create table realtime.subscription (
    id bigint not null generated always as identity,
    subscription_id uuid not null,
    entity regclass not null,
    filters realtime.user_defined_filter[] not null default '{}',
    claims jsonb not null,
    claims_role regrole not null generated always as (realtime.to_regrole(claims ->> 'role')) stored,
    created_at timestamp not null default timezone('utc', now()),
    action_filter text default '*',
    selected_columns text[],
    constraint pk_subscription primary key (id),
    constraint subscription_action_filter_check check (action_filter in ('*', 'INSERT', 'UPDATE', 'DELETE'))
);
create index ix_realtime_subscription_entity on realtime.subscription (entity);
create unique index subscription_subscription_id_entity_filters_action_filter_selec
    on realtime.subscription (subscription_id, entity, filters, action_filter, coalesce(selected_columns, '{}'));

create function realtime.subscription_check_filters() returns trigger language plpgsql as $$
declare
    named text;
begin
    for named in select f.column_name from unnest(new.filters) as f union select unnest(new.selected_columns) loop
        perform from pg_catalog.pg_attribute as a
        where a.attrelid = new.entity and a.attname = named and a.attnum > 0 and not a.attisdropped
            and has_column_privilege(new.claims ->> 'role', a.attrelid, a.attnum, 'select');
        if not found then
            raise exception 'invalid column for filter %', named;
        end if;
    end loop;
    new.filters = (
        select coalesce(array_agg(f order by f.column_name, f.op, f.value, f.negate), '{}')
        from unnest(new.filters) as f
    );
    new.selected_columns = (select array_agg(c order by c) from unnest(new.selected_columns) as c);
    return new;
end
$$;
create trigger tr_check_filters before insert or update on realtime.subscription
    for each row execute function realtime.subscription_check_filters();

grant all on table realtime.subscription to postgres, dashboard_user;
grant select on table realtime.subscription to anon, authenticated, service_role;
grant all on sequence realtime.subscription_id_seq to postgres, dashboard_user;
grant usage on sequence realtime.subscription_id_seq to anon, authenticated, service_role;
grant execute on function realtime.to_regrole(text), realtime.subscription_check_filters()
    to postgres, dashboard_user, anon, authenticated, service_role;

reset role;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
