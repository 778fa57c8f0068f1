create table t (a integer);
alter default privileges revoke insert on tables from postgres;
create table u (a integer);
