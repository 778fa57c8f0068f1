create table t (id bigint primary key, parent bigint references t on delete set null);
