create role alice;
create table u (t integer);
create function g() returns trigger language plpgsql as 'begin return new; end';
create publication pub for table u;
