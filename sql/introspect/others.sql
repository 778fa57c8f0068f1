-- Lesser kinds, named as in COMMENT ON: catalog, oid, kind, schema, name, owner, definition, shown
-- (definition is null where only the name is modelled; statistics are shown in a statement, their target apart)
with namespaces as (
  select n.oid, n.nspname,
    case n.nspname when 'pg_catalog' then '' else pg_catalog.quote_ident(n.nspname) || '.' end as prefix
  from pg_catalog.pg_namespace n
)
select 'pg_collation' as catalog, c.oid, 'collation' as kind, n.nspname as schema, c.collname::text as name,
  pg_catalog.pg_get_userbyid(c.collowner) as owner, pg_catalog.concat_ws(', ',
    'PROVIDER = ' || case c.collprovider when 'i' then '''icu''' when 'b' then '''builtin''' else '''libc''' end,
    case
      when c.collprovider = 'c' and c.collcollate <> c.collctype then
        'LC_COLLATE = ' || pg_catalog.quote_literal(c.collcollate)
        || ', LC_CTYPE = ' || pg_catalog.quote_literal(c.collctype)
      else 'LOCALE = ' || pg_catalog.quote_literal(coalesce(j ->> 'colllocale', j ->> 'colliculocale', c.collcollate))
    end,
    case when not c.collisdeterministic then 'DETERMINISTIC = ''false''' end,
    'RULES = ' || pg_catalog.quote_literal(j ->> 'collicurules')) as definition, null as shown
from pg_catalog.pg_collation c
cross join lateral pg_catalog.to_jsonb(c) j
join namespaces n on n.oid = c.collnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_conversion', c.oid, 'conversion', n.nspname, c.conname, pg_catalog.pg_get_userbyid(c.conowner),
  case when c.condefault then 'DEFAULT ' else '' end || 'FOR '
  || pg_catalog.quote_literal(pg_catalog.pg_encoding_to_char(c.conforencoding)) || ' TO '
  || pg_catalog.quote_literal(pg_catalog.pg_encoding_to_char(c.contoencoding)), null
from pg_catalog.pg_conversion c
join namespaces n on n.oid = c.connamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_statistic_ext', s.oid, 'statistics', n.nspname, s.stxname, pg_catalog.pg_get_userbyid(s.stxowner),
  'STATISTICS ' || nullif(s.stxstattarget, -1),
  pg_catalog.pg_get_statisticsobjdef(s.oid)
from pg_catalog.pg_statistic_ext s
join namespaces n on n.oid = s.stxnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_ts_config', c.oid, 'text search configuration', n.nspname, c.cfgname,
  pg_catalog.pg_get_userbyid(c.cfgowner), null, null
from pg_catalog.pg_ts_config c
join namespaces n on n.oid = c.cfgnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_ts_dict', d.oid, 'text search dictionary', n.nspname, d.dictname, pg_catalog.pg_get_userbyid(d.dictowner),
  pg_catalog.concat_ws(', ', 'TEMPLATE = ' || tn.prefix || pg_catalog.quote_ident(t.tmplname), d.dictinitoption), null
from pg_catalog.pg_ts_dict d
join namespaces n on n.oid = d.dictnamespace
join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
join namespaces tn on tn.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_ts_parser', p.oid, 'text search parser', n.nspname, p.prsname, null, null, null
from pg_catalog.pg_ts_parser p
join namespaces n on n.oid = p.prsnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_ts_template', t.oid, 'text search template', n.nspname, t.tmplname, null, null, null
from pg_catalog.pg_ts_template t
join namespaces n on n.oid = t.tmplnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_opclass', o.oid, 'operator class', n.nspname, o.opcname, pg_catalog.pg_get_userbyid(o.opcowner),
  case when o.opcdefault then 'DEFAULT ' else '' end || 'FOR TYPE ' || pg_catalog.format_type(o.opcintype, null)
  || ' USING ' || a.amname
  || case when (f.opfnamespace, f.opfname) = (o.opcnamespace, o.opcname) then ''
    else ' FAMILY ' || fn.prefix || pg_catalog.quote_ident(f.opfname) end
  || ' AS ' || coalesce((
    select pg_catalog.string_agg(i.item, ', ' order by i.class, i.number)
    from (
      select 1, p.amopstrategy,
        'OPERATOR ' || p.amopstrategy || ' ' || p.amopopr::pg_catalog.regoperator::text
      from pg_catalog.pg_amop p
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass and d.objid = p.oid
      where d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass and d.refobjid = o.oid
      union all
      select 2, p.amprocnum,
        'FUNCTION ' || p.amprocnum
        || case when (p.amproclefttype, p.amprocrighttype) = (o.opcintype, o.opcintype) then ''
          else ' (' || pg_catalog.format_type(p.amproclefttype, null) || ', '
            || pg_catalog.format_type(p.amprocrighttype, null) || ')' end
        || ' ' || p.amproc::pg_catalog.regprocedure::text
      from pg_catalog.pg_amproc p
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass and d.objid = p.oid
      where d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass and d.refobjid = o.oid
      union all
      select 3, 0, 'STORAGE ' || pg_catalog.format_type(o.opckeytype, null)
      where o.opckeytype not in (0, o.opcintype)
    ) i (class, number, item)), ''), null
from pg_catalog.pg_opclass o
join namespaces n on n.oid = o.opcnamespace
join pg_catalog.pg_am a on a.oid = o.opcmethod
join pg_catalog.pg_opfamily f on f.oid = o.opcfamily
join namespaces fn on fn.oid = f.opfnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_opfamily', o.oid, 'operator family', n.nspname, o.opfname, pg_catalog.pg_get_userbyid(o.opfowner),
  'USING ' || a.amname, null
from pg_catalog.pg_opfamily o
join namespaces n on n.oid = o.opfnamespace
join pg_catalog.pg_am a on a.oid = o.opfmethod
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_operator', o.oid, 'operator', n.nspname,
  o.oprname || '(' || case o.oprleft when 0 then 'NONE' else pg_catalog.format_type(o.oprleft, null) end || ', '
  || pg_catalog.format_type(o.oprright, null) || ')', pg_catalog.pg_get_userbyid(o.oprowner),
  pg_catalog.concat_ws(', ',
    'FUNCTION = ' || pn.prefix || pg_catalog.quote_ident(p.proname),
    'COMMUTATOR = OPERATOR(' || pg_catalog.quote_ident(cn.nspname) || '.' || c.oprname || ')',
    'NEGATOR = OPERATOR(' || pg_catalog.quote_ident(gn.nspname) || '.' || g.oprname || ')',
    'RESTRICT = ' || nullif(o.oprrest, 0)::pg_catalog.regproc::text,
    'JOIN = ' || nullif(o.oprjoin, 0)::pg_catalog.regproc::text,
    case when o.oprcanhash then 'HASHES' end, case when o.oprcanmerge then 'MERGES' end), null
from pg_catalog.pg_operator o
left join pg_catalog.pg_operator c on c.oid = o.oprcom
left join pg_catalog.pg_namespace cn on cn.oid = c.oprnamespace
left join pg_catalog.pg_operator g on g.oid = o.oprnegate
left join pg_catalog.pg_namespace gn on gn.oid = g.oprnamespace
join namespaces n on n.oid = o.oprnamespace
join pg_catalog.pg_proc p on p.oid = o.oprcode
join namespaces pn on pn.oid = p.pronamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
union all
select 'pg_cast', c.oid, 'cast', null,
  '(' || pg_catalog.format_type(c.castsource, null) || ' AS ' || pg_catalog.format_type(c.casttarget, null) || ')', null,
  case c.castmethod when 'i' then 'WITH INOUT' when 'b' then 'WITHOUT FUNCTION'
    else 'WITH FUNCTION ' || pn.prefix || pg_catalog.quote_ident(p.proname) end
  || case c.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' else '' end, null
from pg_catalog.pg_cast c
left join pg_catalog.pg_proc p on p.oid = c.castfunc
left join namespaces pn on pn.oid = p.pronamespace
where c.oid >= 16384 and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'i')
union all
select 'pg_transform', t.oid, 'transform', null,
  'FOR ' || pg_catalog.format_type(t.trftype, null) || ' LANGUAGE ' || l.lanname, null, '', null
from pg_catalog.pg_transform t
join pg_catalog.pg_language l on l.oid = t.trflang
union all
select 'pg_language', l.oid, 'language', null, l.lanname, pg_catalog.pg_get_userbyid(l.lanowner),
  pg_catalog.concat_ws(' ', case when l.lanpltrusted then 'TRUSTED' end,
    'HANDLER ' || nullif(l.lanplcallfoid, 0)::pg_catalog.regproc::text,
    'INLINE ' || nullif(l.laninline, 0)::pg_catalog.regproc::text,
    'VALIDATOR ' || nullif(l.lanvalidator, 0)::pg_catalog.regproc::text), null
from pg_catalog.pg_language l
where l.oid >= 16384
union all
select 'pg_am', a.oid, 'access method', null, a.amname, null,
  'TYPE ' || case a.amtype when 't' then 'TABLE' else 'INDEX' end || ' HANDLER ' || a.amhandler::text, null
from pg_catalog.pg_am a
where a.oid >= 16384
union all
select 'pg_tablespace', t.oid, 'tablespace', null, t.spcname, pg_catalog.pg_get_userbyid(t.spcowner),
  'LOCATION ' || pg_catalog.quote_literal(pg_catalog.pg_tablespace_location(t.oid)), null
from pg_catalog.pg_tablespace t
where t.oid >= 16384
union all
select 'pg_subscription', s.oid, 'subscription', null, s.subname, pg_catalog.pg_get_userbyid(s.subowner),
  'PUBLICATION ' || pg_catalog.array_to_string(s.subpublications, ', '), null
from pg_catalog.pg_subscription s
where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
union all
select 'pg_user_mapping', u.umid, 'user mapping', null, 'FOR ' || u.usename || ' SERVER ' || u.srvname, null,
  pg_catalog.array_to_string(u.umoptions, ', '), null
from pg_catalog.pg_user_mappings u
order by 1, 2
