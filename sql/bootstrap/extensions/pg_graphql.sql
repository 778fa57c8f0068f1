-- pg_graphql: schema = graphql, fixed = yes, relocatable = no, version = 1.5.11, runs = yes
-- GraphQL over the tables. A stand-in that answers every query with an error in GraphQL's own form.
-- Left out: functions that only the real resolver calls, and its event triggers.

create sequence graphql.seq_schema_version cycle;

create function graphql.get_schema_version() returns integer language sql security definer
begin atomic
    select s.last_value::integer from graphql.seq_schema_version as s;
end;

create function graphql.resolve(
    query text, variables jsonb default '{}', "operationName" text default null, extensions jsonb default null
) returns jsonb language sql
    return '{"data": null, "errors": [{"message": "pg_graphql is a stand-in and resolves nothing"}]}'::jsonb;

create function graphql.comment_directive(comment_ text) returns jsonb language sql immutable
    return coalesce(substring(comment_ from '@graphql\((.*?)\)')::jsonb, '{}');

create function graphql.exception(message text) returns text language plpgsql as $$
begin
    raise exception using errcode = '22000', message = message;
end
$$;
