-- fuzzystrmatch: schema = current, fixed = no, relocatable = yes, version = 1.2, runs = no
-- Likeness of strings: soundex, levenshtein, metaphone.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create function levenshtein(text, text) returns integer
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'levenshtein';
create function levenshtein(text, text, integer, integer, integer) returns integer
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'levenshtein_with_costs';
create function levenshtein_less_equal(text, text, integer) returns integer
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'levenshtein_less_equal';
create function levenshtein_less_equal(text, text, integer, integer, integer, integer) returns integer
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'levenshtein_less_equal_with_costs';
create function metaphone(text, integer) returns text
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'metaphone';
create function soundex(text) returns text
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'soundex';
create function text_soundex(text) returns text
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'soundex';
create function difference(text, text) returns integer
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'difference';
create function dmetaphone(text) returns text
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'dmetaphone';
create function dmetaphone_alt(text) returns text
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'dmetaphone_alt';
create function daitch_mokotoff(text) returns text[]
    language c immutable strict parallel safe as '$libdir/fuzzystrmatch', 'daitch_mokotoff';
