-- unaccent: schema = current, fixed = no, relocatable = yes, version = 1.1, runs = no
-- A text search dictionary that strips accents.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create function unaccent(regdictionary, text) returns text
    language c stable strict parallel safe as '$libdir/unaccent', 'unaccent_dict';
create function unaccent(text) returns text
    language c stable strict parallel safe as '$libdir/unaccent', 'unaccent_dict';
