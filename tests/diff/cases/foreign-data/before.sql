create foreign data wrapper w;
create server s foreign data wrapper w options (host 'a', port '1');
create foreign table ft (a integer, b text) server s options (name 'x');
create user mapping for public server s options (user 'u');
