-- moddatetime: schema = current, fixed = no, relocatable = yes, version = 1.0, runs = no
-- A trigger function that keeps a timestamp of the last update.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create function moddatetime() returns trigger language c as '$libdir/moddatetime', 'moddatetime';
