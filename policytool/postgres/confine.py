"""What is taken from extensions that speak to other servers, and from those who replicate: the words stay."""

from typing import Final

# dblink: whoever has been granted its functions loses them. postgres_fdw: servers and tables can be made, not read.
CONFINED: Final = {
    "dblink": """
do $do$
declare
    f pg_catalog.regprocedure;
    r text;
begin
    for f, r in
        select p.oid, case when a.grantee = 0 then 'public' else pg_catalog.quote_ident(a.grantee::regrole::text) end
        from pg_catalog.pg_proc p
        join pg_catalog.pg_depend d on d.objid = p.oid and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            and d.deptype = 'e'
        join pg_catalog.pg_extension e on e.oid = d.refobjid and e.extname = 'dblink',
        lateral pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
        where a.grantee <> p.proowner
    loop
        execute pg_catalog.format('revoke execute on function %s from %s cascade', f, r);
    end loop;
end
$do$""",
    "postgres_fdw": "alter foreign data wrapper postgres_fdw no handler",
}

# Whoever may replicate can have a logical slot load any library by its path.
SLOTS: Final = b"""
do $do$
declare
    f pg_catalog.regprocedure;
begin
    for f in
        select oid from pg_catalog.pg_proc
        where pronamespace = 'pg_catalog'::pg_catalog.regnamespace
            and proname in ('pg_create_logical_replication_slot', 'pg_copy_logical_replication_slot')
    loop
        execute pg_catalog.format('revoke execute on function %s from public', f);
    end loop;
end
$do$"""
