create table t (a integer, b integer);
create index i on t (a, b);
create index j on t (a) with (fillfactor = 60);
comment on index i is 'an index';
