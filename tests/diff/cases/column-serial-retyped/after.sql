create table t (id bigserial primary key, x text);
create table u (t bigint references t);
