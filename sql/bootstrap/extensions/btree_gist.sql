-- btree_gist: schema = current, fixed = no, relocatable = yes, version = 1.8, runs = no
-- GiST operator classes for the plain types: exclusion constraints with `=`.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type gbtreekey4;
create type gbtreekey8;
create type gbtreekey16;
create type gbtreekey32;
create type gbtreekey_var;
create type gbtreekey2;

create function gbtreekey4_in(cstring) returns gbtreekey4
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_in';
create function gbtreekey4_out(gbtreekey4) returns cstring
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_out';
create function gbtreekey8_in(cstring) returns gbtreekey8
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_in';
create function gbtreekey8_out(gbtreekey8) returns cstring
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_out';
create function gbtreekey16_in(cstring) returns gbtreekey16
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_in';
create function gbtreekey16_out(gbtreekey16) returns cstring
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_out';
create function gbtreekey32_in(cstring) returns gbtreekey32
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_in';
create function gbtreekey32_out(gbtreekey32) returns cstring
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_out';
create function gbtreekey_var_in(cstring) returns gbtreekey_var
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_in';
create function gbtreekey_var_out(gbtreekey_var) returns cstring
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_out';
create function gbtreekey2_in(cstring) returns gbtreekey2
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_in';
create function gbtreekey2_out(gbtreekey2) returns cstring
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gbtreekey_out';

create type gbtreekey4 (input = gbtreekey4_in, output = gbtreekey4_out, internallength = 4);
create type gbtreekey8 (input = gbtreekey8_in, output = gbtreekey8_out, internallength = 8);
create type gbtreekey16 (input = gbtreekey16_in, output = gbtreekey16_out, internallength = 16);
create type gbtreekey32 (input = gbtreekey32_in, output = gbtreekey32_out, internallength = 32);
create type gbtreekey_var (input = gbtreekey_var_in, output = gbtreekey_var_out, internallength = variable);
create type gbtreekey2 (input = gbtreekey2_in, output = gbtreekey2_out, internallength = 2);

create function cash_dist(money, money) returns money
    language c immutable strict parallel safe as '$libdir/btree_gist', 'cash_dist';
create function date_dist(date, date) returns integer
    language c immutable strict parallel safe as '$libdir/btree_gist', 'date_dist';
create function float4_dist(real, real) returns real
    language c immutable strict parallel safe as '$libdir/btree_gist', 'float4_dist';
create function float8_dist(double precision, double precision) returns double precision
    language c immutable strict parallel safe as '$libdir/btree_gist', 'float8_dist';
create function int2_dist(smallint, smallint) returns smallint
    language c immutable strict parallel safe as '$libdir/btree_gist', 'int2_dist';
create function int4_dist(integer, integer) returns integer
    language c immutable strict parallel safe as '$libdir/btree_gist', 'int4_dist';
create function int8_dist(bigint, bigint) returns bigint
    language c immutable strict parallel safe as '$libdir/btree_gist', 'int8_dist';
create function interval_dist(interval, interval) returns interval
    language c immutable strict parallel safe as '$libdir/btree_gist', 'interval_dist';
create function oid_dist(oid, oid) returns oid
    language c immutable strict parallel safe as '$libdir/btree_gist', 'oid_dist';
create function time_dist(time, time) returns interval
    language c immutable strict parallel safe as '$libdir/btree_gist', 'time_dist';
create function ts_dist(timestamp, timestamp) returns interval
    language c immutable strict parallel safe as '$libdir/btree_gist', 'ts_dist';
create function tstz_dist(timestamptz, timestamptz) returns interval
    language c immutable strict parallel safe as '$libdir/btree_gist', 'tstz_dist';
create function gist_translate_cmptype_btree(integer) returns smallint
    language c immutable strict parallel safe as '$libdir/btree_gist', 'gist_translate_cmptype_btree';
