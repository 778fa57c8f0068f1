-- dblink: schema = current, fixed = no, relocatable = yes, version = 1.2, runs = no
-- Queries in another database.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type dblink_pkey_results as (position integer, colname text);

create function dblink_connect(text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_connect';
create function dblink_connect(text, text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_connect';
create function dblink_connect_u(text) returns text
    language c strict parallel restricted security definer as '$libdir/dblink', 'dblink_connect';
create function dblink_connect_u(text, text) returns text
    language c strict parallel restricted security definer as '$libdir/dblink', 'dblink_connect';
create function dblink_disconnect() returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_disconnect';
create function dblink_disconnect(text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_disconnect';
create function dblink_open(text, text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_open';
create function dblink_open(text, text, boolean) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_open';
create function dblink_open(text, text, text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_open';
create function dblink_open(text, text, text, boolean) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_open';
create function dblink_fetch(text, integer) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_fetch';
create function dblink_fetch(text, integer, boolean) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_fetch';
create function dblink_fetch(text, text, integer) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_fetch';
create function dblink_fetch(text, text, integer, boolean) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_fetch';
create function dblink_close(text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_close';
create function dblink_close(text, boolean) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_close';
create function dblink_close(text, text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_close';
create function dblink_close(text, text, boolean) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_close';
create function dblink(text, text) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_record';
create function dblink(text, text, boolean) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_record';
create function dblink(text) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_record';
create function dblink(text, boolean) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_record';
create function dblink_exec(text, text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_exec';
create function dblink_exec(text, text, boolean) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_exec';
create function dblink_exec(text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_exec';
create function dblink_exec(text, boolean) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_exec';
create function dblink_get_pkey(text) returns setof dblink_pkey_results
    language c strict parallel restricted as '$libdir/dblink', 'dblink_get_pkey';
create function dblink_build_sql_insert(text, int2vector, integer, text[], text[]) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_build_sql_insert';
create function dblink_build_sql_delete(text, int2vector, integer, text[]) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_build_sql_delete';
create function dblink_build_sql_update(text, int2vector, integer, text[], text[]) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_build_sql_update';
create function dblink_current_query() returns text
    language c parallel restricted as '$libdir/dblink', 'dblink_current_query';
create function dblink_send_query(text, text) returns integer
    language c strict parallel restricted as '$libdir/dblink', 'dblink_send_query';
create function dblink_is_busy(text) returns integer
    language c strict parallel restricted as '$libdir/dblink', 'dblink_is_busy';
create function dblink_get_result(text) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_get_result';
create function dblink_get_result(text, boolean) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_get_result';
create function dblink_get_connections() returns text[]
    language c parallel restricted as '$libdir/dblink', 'dblink_get_connections';
create function dblink_cancel_query(text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_cancel_query';
create function dblink_error_message(text) returns text
    language c strict parallel restricted as '$libdir/dblink', 'dblink_error_message';
create function dblink_get_notify(out notify_name text, out be_pid integer, out extra text) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_get_notify';
create function dblink_get_notify(conname text, out notify_name text, out be_pid integer,
    out extra text) returns setof record
    language c strict parallel restricted as '$libdir/dblink', 'dblink_get_notify';
create function dblink_fdw_validator(options text[], catalog oid) returns void
    language c strict parallel safe as '$libdir/dblink', 'dblink_fdw_validator';

create foreign data wrapper dblink_fdw validator dblink_fdw_validator;
revoke execute on function dblink_connect_u(text) from public;
revoke execute on function dblink_connect_u(text, text) from public;
