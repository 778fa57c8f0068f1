create role alice;
create schema s authorization alice;
create schema "T.x";
grant usage on schema s to public;
grant create on schema "T.x" to alice with grant option;
comment on schema "T.x" is 'tee';
