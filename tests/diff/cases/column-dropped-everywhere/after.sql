create role alice;
create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (id integer primary key, b text);
create publication pub for table t (id);
