-- Comments on what is not Postgres's own: catalog, oid, "column", comment
select d.classoid::pg_catalog.regclass::text as catalog, d.objoid as oid, d.objsubid as column, d.description as comment
from pg_catalog.pg_description d
where d.objoid >= 16384 or d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
