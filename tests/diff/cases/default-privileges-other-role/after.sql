create role maker;
create role alice;
alter default privileges for role maker grant select on tables to alice;
alter default privileges for role maker in schema public grant usage on sequences to alice;
alter default privileges for role maker revoke usage on types from public;
