create role alice superuser;
create table t (a integer primary key);
create publication p for table t;
alter publication p owner to alice;
