-- How often each index was used since statistics are counted: schema, name, scans, bytes, building (at this moment, as
-- far as the role may know)
select
  s.schemaname as schema, s.indexrelname as name, s.idx_scan as scans,
  c.relpages::int8 * pg_catalog.current_setting('block_size')::int8 as bytes,
  exists (
    select from pg_catalog.pg_stat_progress_create_index p
    where p.index_relid = s.indexrelid or p.index_relid is null
  ) as building
from pg_catalog.pg_stat_user_indexes s
join pg_catalog.pg_class c on c.oid = s.indexrelid
order by s.indexrelid
