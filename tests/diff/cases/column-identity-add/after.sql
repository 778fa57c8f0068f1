create table t (id integer generated always as identity, b integer not null);
