create function f(a integer) returns setof integer language sql stable as 'select a';
