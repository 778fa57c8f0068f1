create table t (a integer, b integer);
comment on column t.a is 'one';
comment on table t is 'tee';
