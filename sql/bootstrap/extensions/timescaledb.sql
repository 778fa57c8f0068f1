-- timescaledb: schema = current, fixed = no, relocatable = no, version = 2.16.1, runs = yes
-- Tables of time series. A stand-in: time_bucket is exact for widths without months; a hypertable stays an ordinary
-- table, and there are no policies for it.

create function time_bucket(bucket_width interval, ts timestamptz) returns timestamptz
    language sql immutable strict parallel safe
    return date_bin(bucket_width, ts, '2000-01-03 00:00:00+00'::timestamptz);

create function time_bucket(bucket_width interval, ts timestamp) returns timestamp
    language sql immutable strict parallel safe
    return date_bin(bucket_width, ts, '2000-01-03 00:00:00'::timestamp);

create function time_bucket(bucket_width interval, ts date) returns date language sql immutable strict parallel safe
    return date_bin(bucket_width, ts::timestamp, '2000-01-03 00:00:00'::timestamp)::date;

create function create_hypertable(
    relation regclass, time_column_name name, partitioning_column name default null,
    number_partitions integer default null, associated_schema_name name default null,
    associated_table_prefix name default null, chunk_time_interval anyelement default null::bigint,
    create_default_indexes boolean default true, if_not_exists boolean default false
) returns table (hypertable_id integer, schema_name name, table_name name, created boolean) language plpgsql as $$
begin
    return query
        select 0, n.nspname, c.relname, true
        from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where c.oid = relation;
end
$$;

