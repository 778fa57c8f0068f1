-- What aggregates are made of, as CREATE AGGREGATE calls it: "function", sfunc, stype, finalfunc, combinefunc,
-- serialfunc, deserialfunc, msfunc, minvfunc, mfinalfunc, mstype, sspace, msspace, initcond, minitcond, finalfunc_extra,
-- mfinalfunc_extra, finalfunc_modify, mfinalfunc_modify, sortop, hypothetical
select
  a.aggfnoid::oid as function, sf.name as sfunc, pg_catalog.format_type(a.aggtranstype, null) as stype,
  ff.name as finalfunc, cf.name as combinefunc, ef.name as serialfunc, df.name as deserialfunc, mf.name as msfunc,
  mi.name as minvfunc, mff.name as mfinalfunc,
  case when a.aggmtranstype <> 0 then pg_catalog.format_type(a.aggmtranstype, null) end as mstype,
  nullif(a.aggtransspace, 0) as sspace, nullif(a.aggmtransspace, 0) as msspace, a.agginitval as initcond,
  a.aggminitval as minitcond, a.aggfinalextra as finalfunc_extra, a.aggmfinalextra as mfinalfunc_extra,
  case when a.aggkind = 'n' and a.aggfinalmodify <> 'r' or a.aggkind <> 'n' and a.aggfinalmodify <> 'w'
    then a.aggfinalmodify::text end as finalfunc_modify,
  case when a.aggkind = 'n' and a.aggmfinalmodify <> 'r' or a.aggkind <> 'n' and a.aggmfinalmodify <> 'w'
    then a.aggmfinalmodify::text end as mfinalfunc_modify,
  case on_.nspname when 'pg_catalog' then '' else pg_catalog.quote_ident(on_.nspname) || '.' end || o.oprname as sortop,
  a.aggkind = 'h' as hypothetical
from pg_catalog.pg_aggregate a
join pg_catalog.pg_proc p on p.oid = a.aggfnoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
left join pg_catalog.pg_operator o on o.oid = a.aggsortop
left join pg_catalog.pg_namespace on_ on on_.oid = o.oprnamespace
cross join lateral (
  select case a.aggtransfn::oid when 0 then null else a.aggtransfn::text end) sf (name)
cross join lateral (select case a.aggfinalfn::oid when 0 then null else a.aggfinalfn::text end) ff (name)
cross join lateral (select case a.aggcombinefn::oid when 0 then null else a.aggcombinefn::text end) cf (name)
cross join lateral (select case a.aggserialfn::oid when 0 then null else a.aggserialfn::text end) ef (name)
cross join lateral (select case a.aggdeserialfn::oid when 0 then null else a.aggdeserialfn::text end) df (name)
cross join lateral (select case a.aggmtransfn::oid when 0 then null else a.aggmtransfn::text end) mf (name)
cross join lateral (select case a.aggminvtransfn::oid when 0 then null else a.aggminvtransfn::text end) mi (name)
cross join lateral (select case a.aggmfinalfn::oid when 0 then null else a.aggmfinalfn::text end) mff (name)
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
