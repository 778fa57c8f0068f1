create function cmp(integer, integer) returns integer language sql immutable as 'select case when $1 < $2 then 1 when $1 > $2 then -1 else 0 end';
create operator family rev using btree;
create operator class rev_ops for type integer using btree family rev as operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 cmp(integer, integer);
create table t (a integer);
create index i on t (a rev_ops);
comment on operator class rev_ops using btree is 'backwards';
