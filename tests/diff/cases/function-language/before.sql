create function f(a integer) returns integer language sql as 'select a';
create function g() returns trigger language plpgsql as 'begin return new; end';
