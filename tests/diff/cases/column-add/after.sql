create table t (id integer, a text, b integer default 3 not null, c timestamptz default now());
