-- pg_stat_statements: schema = current, fixed = no, relocatable = yes, version = 1.12, runs = no
-- What was executed, how often, how long.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create function pg_stat_statements_info(out dealloc bigint, out stats_reset timestamptz) returns record
    language c strict parallel safe as '$libdir/pg_stat_statements', 'pg_stat_statements_info';
create function pg_stat_statements_reset(userid oid default 0, dbid oid default 0, queryid bigint default 0,
    minmax_only boolean default false) returns timestamptz
    language c strict parallel safe as '$libdir/pg_stat_statements', 'pg_stat_statements_reset_1_11';
create function pg_stat_statements(showtext boolean, out userid oid, out dbid oid, out toplevel boolean,
    out queryid bigint, out query text, out plans bigint, out total_plan_time double precision,
    out min_plan_time double precision, out max_plan_time double precision, out mean_plan_time double precision,
    out stddev_plan_time double precision, out calls bigint, out total_exec_time double precision,
    out min_exec_time double precision, out max_exec_time double precision, out mean_exec_time double precision,
    out stddev_exec_time double precision, out rows bigint, out shared_blks_hit bigint, out shared_blks_read bigint,
    out shared_blks_dirtied bigint, out shared_blks_written bigint, out local_blks_hit bigint,
    out local_blks_read bigint, out local_blks_dirtied bigint, out local_blks_written bigint,
    out temp_blks_read bigint, out temp_blks_written bigint, out shared_blk_read_time double precision,
    out shared_blk_write_time double precision, out local_blk_read_time double precision,
    out local_blk_write_time double precision, out temp_blk_read_time double precision,
    out temp_blk_write_time double precision, out wal_records bigint, out wal_fpi bigint, out wal_bytes numeric,
    out wal_buffers_full bigint, out jit_functions bigint, out jit_generation_time double precision,
    out jit_inlining_count bigint, out jit_inlining_time double precision, out jit_optimization_count bigint,
    out jit_optimization_time double precision, out jit_emission_count bigint,
    out jit_emission_time double precision, out jit_deform_count bigint, out jit_deform_time double precision,
    out parallel_workers_to_launch bigint, out parallel_workers_launched bigint, out stats_since timestamptz,
    out minmax_stats_since timestamptz) returns setof record
    language c strict parallel safe as '$libdir/pg_stat_statements', 'pg_stat_statements_1_12';

create view pg_stat_statements_info as
select s.dealloc, s.stats_reset
from pg_stat_statements_info() as s;
grant select on table pg_stat_statements_info to public;

create view pg_stat_statements as
select s.userid, s.dbid, s.toplevel, s.queryid, s.query, s.plans, s.total_plan_time, s.min_plan_time,
    s.max_plan_time, s.mean_plan_time, s.stddev_plan_time, s.calls, s.total_exec_time, s.min_exec_time,
    s.max_exec_time, s.mean_exec_time, s.stddev_exec_time, s.rows, s.shared_blks_hit, s.shared_blks_read,
    s.shared_blks_dirtied, s.shared_blks_written, s.local_blks_hit, s.local_blks_read, s.local_blks_dirtied,
    s.local_blks_written, s.temp_blks_read, s.temp_blks_written, s.shared_blk_read_time, s.shared_blk_write_time,
    s.local_blk_read_time, s.local_blk_write_time, s.temp_blk_read_time, s.temp_blk_write_time, s.wal_records,
    s.wal_fpi, s.wal_bytes, s.wal_buffers_full, s.jit_functions, s.jit_generation_time, s.jit_inlining_count,
    s.jit_inlining_time, s.jit_optimization_count, s.jit_optimization_time, s.jit_emission_count,
    s.jit_emission_time, s.jit_deform_count, s.jit_deform_time, s.parallel_workers_to_launch,
    s.parallel_workers_launched, s.stats_since, s.minmax_stats_since
from pg_stat_statements(true) as s;
grant select on table pg_stat_statements to public;
revoke execute on function pg_stat_statements_reset(oid, oid, bigint, boolean) from public;
