create table t (a integer primary key);
create table u (a integer, t integer constraint fk references t on delete cascade);
