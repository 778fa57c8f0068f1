-- hypopg: schema = current, fixed = no, relocatable = yes, version = 1.4.1, runs = yes
-- Hypothetical indexes. A stand-in: there are none, and making one is an error.
-- Left out: the function hypopg() and hidden indexes.

create function hypopg_reset() returns void language sql
begin atomic
end;

create function hypopg_create_index(sql_order text, out indexrelid oid, out indexname text) returns setof record
    language plpgsql strict as $$
begin
    raise feature_not_supported using message = 'hypopg_create_index needs the real hypopg';
end
$$;

create function hypopg_drop_index(indexid oid) returns boolean language sql strict
    return false;

create function hypopg_relation_size(indexid oid) returns bigint language plpgsql strict as $$
begin
    raise undefined_object using message = format('no hypothetical index with oid %s', indexid);
end
$$;

create function hypopg_get_indexdef(indexid oid) returns text language sql strict
    return null::text;

create view hypopg_list_indexes as
select c.oid as indexrelid, c.relname::text as index_name, n.nspname as schema_name, c.relname::text as table_name,
    a.amname as am_name
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_am as a on a.oid = c.relam
where false;
