create function f() returns event_trigger language plpgsql as 'begin end';
create event trigger e on sql_drop execute function f();
create event trigger "e 2" on ddl_command_start when tag in ('DROP TABLE', 'CREATE TABLE') execute function f();
alter event trigger e enable replica;
comment on event trigger e is 'ee';
