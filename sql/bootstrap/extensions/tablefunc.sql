-- tablefunc: schema = current, fixed = no, relocatable = yes, version = 1.0, runs = no
-- Functions that return tables: crosstab, connectby, normal_rand.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type tablefunc_crosstab_2 as (row_name text, category_1 text, category_2 text);
create type tablefunc_crosstab_3 as (row_name text, category_1 text, category_2 text, category_3 text);
create type tablefunc_crosstab_4 as (row_name text, category_1 text, category_2 text, category_3 text,
    category_4 text);

create function normal_rand(integer, double precision, double precision) returns setof double precision
    language c strict as '$libdir/tablefunc', 'normal_rand';
create function crosstab(text) returns setof record language c stable strict as '$libdir/tablefunc', 'crosstab';
create function crosstab2(text) returns setof tablefunc_crosstab_2
    language c stable strict as '$libdir/tablefunc', 'crosstab';
create function crosstab3(text) returns setof tablefunc_crosstab_3
    language c stable strict as '$libdir/tablefunc', 'crosstab';
create function crosstab4(text) returns setof tablefunc_crosstab_4
    language c stable strict as '$libdir/tablefunc', 'crosstab';
create function crosstab(text, integer) returns setof record
    language c stable strict as '$libdir/tablefunc', 'crosstab';
create function crosstab(text, text) returns setof record
    language c stable strict as '$libdir/tablefunc', 'crosstab_hash';
create function connectby(text, text, text, text, integer, text) returns setof record
    language c stable strict as '$libdir/tablefunc', 'connectby_text';
create function connectby(text, text, text, text, integer) returns setof record
    language c stable strict as '$libdir/tablefunc', 'connectby_text';
create function connectby(text, text, text, text, text, integer, text) returns setof record
    language c stable strict as '$libdir/tablefunc', 'connectby_text_serial';
create function connectby(text, text, text, text, text, integer) returns setof record
    language c stable strict as '$libdir/tablefunc', 'connectby_text_serial';
