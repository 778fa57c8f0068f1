create role alice;
alter default privileges in schema public grant all on tables to alice;
alter default privileges in schema public grant execute on functions to alice;
