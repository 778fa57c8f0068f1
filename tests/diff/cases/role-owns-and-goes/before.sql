create role alice;
create schema s authorization alice;
create table s.t (a integer);
alter table s.t owner to alice;
create table u (a integer);
grant select on u to alice;
alter default privileges for role alice grant select on tables to public;
create policy p on u to alice using (true);
