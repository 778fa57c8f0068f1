-- The rows of storage.buckets, without evaluating anybody's policy: id, public
select b.id::text as id, coalesce(b.public, false) as public
from storage.buckets b
order by 1
