-- Publications: oid, name, owner, all_tables, schemas, insert, update, delete, truncate, via_root
select
  p.oid, p.pubname as name, pg_catalog.pg_get_userbyid(p.pubowner) as owner, p.puballtables as all_tables,
  array(
    select n.nspname from pg_catalog.pg_namespace n
    join pg_catalog.pg_publication_namespace m on m.pnnspid = n.oid and m.pnpubid = p.oid -- before 15: where false
    order by n.nspname
  ) as schemas,
  p.pubinsert as insert, p.pubupdate as update, p.pubdelete as delete, p.pubtruncate as truncate, p.pubviaroot as via_root
from pg_catalog.pg_publication p
order by p.oid
