create role maker;
create role alice;
