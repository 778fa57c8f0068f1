create function g() returns event_trigger language plpgsql as 'begin end';
create event trigger e on ddl_command_end execute function g();
comment on event trigger e is 'ee';
