create foreign data wrapper w;
create server s foreign data wrapper w;
create foreign table ft (id integer, b text) server s;
