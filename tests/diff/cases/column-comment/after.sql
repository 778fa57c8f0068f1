create table t (a integer, b integer);
comment on column t.b is 'two; with ''quotes''';
