-- The version of each installed extension that the server would install today: name, version
select e.extname as name, a.default_version as version
from pg_catalog.pg_extension e
join pg_catalog.pg_available_extensions a on a.name = e.extname
order by e.oid
