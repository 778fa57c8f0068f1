create function f(a integer) returns void language sql as 'select 1';
