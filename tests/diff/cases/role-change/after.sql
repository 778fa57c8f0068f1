create role a nologin bypassrls;
create role b;
create role c noinherit;
alter role a set statement_timeout = '5s';
grant b to c with admin option;
