-- pg_trgm: schema = current, fixed = no, relocatable = yes, version = 1.6, runs = no
-- Similarity of texts by their trigrams, and indexes for LIKE.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type gtrgm;

create function gtrgm_in(cstring) returns gtrgm
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_in';
create function gtrgm_out(gtrgm) returns cstring
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_out';

create type gtrgm (input = gtrgm_in, output = gtrgm_out, internallength = variable);

create function set_limit(real) returns real language c strict as '$libdir/pg_trgm', 'set_limit';
create function show_limit() returns real language c stable strict parallel safe as '$libdir/pg_trgm', 'show_limit';
create function show_trgm(text) returns text[]
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'show_trgm';
create function similarity(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'similarity';
create function similarity_op(text, text) returns boolean
    language c stable strict parallel safe as '$libdir/pg_trgm', 'similarity_op';
create function word_similarity(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'word_similarity';
create function word_similarity_op(text, text) returns boolean
    language c stable strict parallel safe as '$libdir/pg_trgm', 'word_similarity_op';
create function word_similarity_commutator_op(text, text) returns boolean
    language c stable strict parallel safe as '$libdir/pg_trgm', 'word_similarity_commutator_op';
create function similarity_dist(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'similarity_dist';
create function word_similarity_dist_op(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'word_similarity_dist_op';
create function word_similarity_dist_commutator_op(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'word_similarity_dist_commutator_op';
create function strict_word_similarity(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'strict_word_similarity';
create function strict_word_similarity_op(text, text) returns boolean
    language c stable strict parallel safe as '$libdir/pg_trgm', 'strict_word_similarity_op';
create function strict_word_similarity_commutator_op(text, text) returns boolean
    language c stable strict parallel safe as '$libdir/pg_trgm', 'strict_word_similarity_commutator_op';
create function strict_word_similarity_dist_op(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'strict_word_similarity_dist_op';
create function strict_word_similarity_dist_commutator_op(text, text) returns real
    language c immutable strict parallel safe as '$libdir/pg_trgm', 'strict_word_similarity_dist_commutator_op';
