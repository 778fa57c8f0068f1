create foreign data wrapper w;
create foreign data wrapper w2;
create server s type 'a' foreign data wrapper w;
create foreign table ft (id integer) server s;
create user mapping for public server s;
