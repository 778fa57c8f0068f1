create table t (a integer primary key);
create table u (a integer constraint fk2 references t on update set null, t integer constraint fk references t on delete set null deferrable initially deferred);
