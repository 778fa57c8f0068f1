create table t (a integer, b integer);
create unique index i on t (a) nulls not distinct where b is null;
comment on index i is 'one each';
