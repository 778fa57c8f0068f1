create table t (a integer, b integer);
create index i on t (a);
create index j on t (a) with (fillfactor = 50);
comment on index i is 'an index';
