create role alice;
create schema s;
create schema "T.x";
comment on schema s is 'ess';
