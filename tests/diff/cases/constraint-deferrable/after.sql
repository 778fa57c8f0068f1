create table t (a integer primary key);
create table u (t integer constraint fk references t deferrable initially deferred);
