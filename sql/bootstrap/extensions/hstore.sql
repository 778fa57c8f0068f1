-- hstore: schema = current, fixed = no, relocatable = yes, version = 1.8, runs = no
-- A map of texts to texts.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type hstore;
create type ghstore;

create function hstore_in(cstring) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_in';
create function hstore_out(hstore) returns cstring
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_out';
create function hstore_send(hstore) returns bytea
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_send';
create function ghstore_in(cstring) returns ghstore
    language c immutable strict parallel safe as '$libdir/hstore', 'ghstore_in';
create function ghstore_out(ghstore) returns cstring
    language c immutable strict parallel safe as '$libdir/hstore', 'ghstore_out';

create type hstore (input = hstore_in, output = hstore_out, internallength = variable);
create type ghstore (input = ghstore_in, output = ghstore_out, internallength = variable);

create function hstore_version_diag(hstore) returns integer
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_version_diag';
create function fetchval(hstore, text) returns text
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_fetchval';
create function slice_array(hstore, text[]) returns text[]
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_slice_to_array';
create function slice(hstore, text[]) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_slice_to_hstore';
create function isexists(hstore, text) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_exists';
create function exist(hstore, text) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_exists';
create function exists_any(hstore, text[]) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_exists_any';
create function exists_all(hstore, text[]) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_exists_all';
create function isdefined(hstore, text) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_defined';
create function defined(hstore, text) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_defined';
create function delete(hstore, text) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_delete';
create function delete(hstore, text[]) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_delete_array';
create function delete(hstore, hstore) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_delete_hstore';
create function hs_concat(hstore, hstore) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_concat';
create function hs_contains(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_contains';
create function hs_contained(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_contained';
create function tconvert(text, text) returns hstore
    language c immutable parallel safe as '$libdir/hstore', 'hstore_from_text';
create function hstore(text, text) returns hstore
    language c immutable parallel safe as '$libdir/hstore', 'hstore_from_text';
create function hstore(text[], text[]) returns hstore
    language c immutable parallel safe as '$libdir/hstore', 'hstore_from_arrays';
create function hstore(text[]) returns hstore
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_from_array';
create function hstore_to_json(hstore) returns json
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_to_json';
create function hstore_to_json_loose(hstore) returns json
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_to_json_loose';
create function hstore_to_jsonb(hstore) returns jsonb
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_to_jsonb';
create function hstore_to_jsonb_loose(hstore) returns jsonb
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_to_jsonb_loose';
create function hstore(record) returns hstore
    language c immutable parallel safe as '$libdir/hstore', 'hstore_from_record';
create function hstore_to_array(hstore) returns text[]
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_to_array';
create function hstore_to_matrix(hstore) returns text[]
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_to_matrix';
create function akeys(hstore) returns text[]
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_akeys';
create function avals(hstore) returns text[]
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_avals';
create function skeys(hstore) returns setof text
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_skeys';
create function svals(hstore) returns setof text
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_svals';
create function each(hs hstore, out key text, out value text) returns setof record
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_each';
create function populate_record(anyelement, hstore) returns anyelement
    language c immutable parallel safe as '$libdir/hstore', 'hstore_populate_record';
create function hstore_eq(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_eq';
create function hstore_ne(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_ne';
create function hstore_gt(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_gt';
create function hstore_ge(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_ge';
create function hstore_lt(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_lt';
create function hstore_le(hstore, hstore) returns boolean
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_le';
create function hstore_cmp(hstore, hstore) returns integer
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_cmp';
create function hstore_hash(hstore) returns integer
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_hash';
create function hstore_hash_extended(hstore, bigint) returns bigint
    language c immutable strict parallel safe as '$libdir/hstore', 'hstore_hash_extended';
