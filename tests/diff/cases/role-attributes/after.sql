create role a createrole replication noinherit;
create role b login;
alter role a set search_path = 'y', 'z z';
alter role b set statement_timeout = '5s';
