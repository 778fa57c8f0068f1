-- btree_gin: schema = current, fixed = no, relocatable = yes, version = 1.3, runs = no
-- GIN operator classes for the plain types. No function that SQL can call.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create function gin_numeric_cmp(numeric, numeric) returns integer
    language c immutable strict as '$libdir/btree_gin', 'gin_numeric_cmp';
create function gin_enum_cmp(anyenum, anyenum) returns integer
    language c immutable strict as '$libdir/btree_gin', 'gin_enum_cmp';
