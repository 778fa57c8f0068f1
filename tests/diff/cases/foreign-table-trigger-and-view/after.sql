create foreign data wrapper w;
create server s foreign data wrapper w;
create foreign table ft (id integer, b varchar(10), c date) server s;
create view v as select b from ft;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on ft for each row execute function f();
comment on column ft.b is 'bee';
