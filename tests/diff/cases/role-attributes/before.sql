create role a login createdb;
create role b;
alter role a set search_path = 'x';
alter role a set work_mem = '8MB';
comment on role a is 'ay';
