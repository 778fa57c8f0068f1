create function f(a integer[]) returns integer language sql as 'select 1';
create function "F" ("A" text[] default '{x}', variadic "B" integer[] default '{}') returns text[] language sql as 'select "A"';
