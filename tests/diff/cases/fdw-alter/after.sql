create role alice;
create foreign data wrapper w options (b '3', c '4');
create server s foreign data wrapper w options (port '5');
create user mapping for alice server s options (user 'v');
create foreign table ft (id bigint options (name 'id2', other 'x') not null, b text default 'q', constraint d check (id > 1)) server s options (y '2');
grant usage on foreign data wrapper w to alice;
alter foreign table ft alter b set statistics 5;
