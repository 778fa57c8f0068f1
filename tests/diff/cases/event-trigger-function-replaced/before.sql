create function f() returns event_trigger language plpgsql as 'begin end';
create event trigger e on sql_drop execute function f();
comment on event trigger e is 'ee';
