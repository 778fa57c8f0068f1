create role alice;
create foreign data wrapper w options (a '1', b '2');
create server s foreign data wrapper w options (host 'h');
create user mapping for alice server s options (user 'u');
create foreign table ft (id integer options (name 'ID'), b text, constraint c check (id > 0)) server s options (x '1');
grant usage on foreign server s to alice;
