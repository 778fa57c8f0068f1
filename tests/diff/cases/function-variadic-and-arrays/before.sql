create function f(variadic a integer[]) returns integer language sql as 'select 1';
create function "F" ("A" text[] default '{}') returns text[] language sql as 'select "A"';
