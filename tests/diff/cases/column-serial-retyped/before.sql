create table t (id serial primary key, x text);
create table u (t integer references t);
