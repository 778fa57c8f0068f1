-- How much each table is used, and how much of it is room that no row takes (null where the role may not read the
-- statistics of its columns, or there are none): schema, name, scans, writes, bytes, unused
with widths as (
  select a.starelid as relation, pg_catalog.sum((1 - a.stanullfrac) * a.stawidth) as width,
    pg_catalog.count(*) as columns, pg_catalog.max(a.stanullfrac) as nulls
  from (
    select c.oid as starelid, s.null_frac as stanullfrac, s.avg_width as stawidth
    from pg_catalog.pg_stats s
    join pg_catalog.pg_namespace n on n.nspname = s.schemaname
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
    where not s.inherited
  ) a
  group by a.starelid
)
select
  s.schemaname as schema, s.relname as name, s.seq_scan + coalesce(s.idx_scan, 0) as scans,
  s.n_tup_ins + s.n_tup_upd + s.n_tup_del as writes, b.bytes,
  case
    when w.columns = (
      select pg_catalog.count(*) from pg_catalog.pg_attribute a
      where a.attrelid = s.relid and a.attnum > 0 and not a.attisdropped
    ) and c.reltuples >= 0 then greatest(
      0,
      b.bytes - pg_catalog.current_setting('block_size')::int8 * pg_catalog.ceil(
        c.reltuples
        -- a line pointer, a header with its null bitmap, and the values, rounded up as they are aligned
        * (4 + 8 * pg_catalog.ceil((23 + case when w.nulls > 0 then (w.columns + 7) / 8 else 0 end) / 8.0)
          + 8 * pg_catalog.ceil(w.width / 8))
        / (pg_catalog.current_setting('block_size')::int8 - 24)
        / (coalesce(o.fillfactor, 100) / 100.0)
      )
    )::int8
  end as unused
from pg_catalog.pg_stat_user_tables s
join pg_catalog.pg_class c on c.oid = s.relid and c.relkind in ('r', 'm')
cross join lateral (
  select c.relpages::int8 * pg_catalog.current_setting('block_size')::int8 as bytes
) b
left join widths w on w.relation = s.relid
left join lateral (
  select x.option_value::int as fillfactor from pg_catalog.pg_options_to_table(c.reloptions) x
  where x.option_name = 'fillfactor'
) o on true
order by s.relid
