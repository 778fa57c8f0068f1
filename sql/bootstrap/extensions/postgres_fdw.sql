-- postgres_fdw: schema = current, fixed = no, relocatable = yes, version = 1.2, runs = no
-- A foreign-data wrapper for other Postgres servers.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create function postgres_fdw_handler() returns fdw_handler
    language c strict as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function postgres_fdw_validator(text[], oid) returns void
    language c strict as '$libdir/postgres_fdw', 'postgres_fdw_validator';
create function postgres_fdw_disconnect(text) returns boolean
    language c strict parallel restricted as '$libdir/postgres_fdw', 'postgres_fdw_disconnect';
create function postgres_fdw_disconnect_all() returns boolean
    language c strict parallel restricted as '$libdir/postgres_fdw', 'postgres_fdw_disconnect_all';
create function postgres_fdw_get_connections(check_conn boolean default false, out server_name text,
    out user_name text, out valid boolean, out used_in_xact boolean, out closed boolean,
    out remote_backend_pid integer) returns setof record
    language c strict parallel restricted as '$libdir/postgres_fdw', 'postgres_fdw_get_connections_1_2';

create foreign data wrapper postgres_fdw handler postgres_fdw_handler validator postgres_fdw_validator;
