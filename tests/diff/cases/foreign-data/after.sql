create foreign data wrapper w options (debug 'true');
create server s foreign data wrapper w options (host 'b', dbname 'c');
create foreign table ft (a bigint, c text options (col 'cc')) server s options (name 'y');
create user mapping for public server s options (user 'v');
