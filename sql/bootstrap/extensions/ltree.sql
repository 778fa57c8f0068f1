-- ltree: schema = current, fixed = no, relocatable = yes, version = 1.3, runs = no
-- Labels of a tree, and queries on them.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type ltree;
create type lquery;
create type ltxtquery;
create type ltree_gist;

create function ltree_in(cstring) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_in';
create function ltree_out(ltree) returns cstring
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_out';
create function lquery_in(cstring) returns lquery
    language c immutable strict parallel safe as '$libdir/ltree', 'lquery_in';
create function lquery_out(lquery) returns cstring
    language c immutable strict parallel safe as '$libdir/ltree', 'lquery_out';
create function ltxtq_in(cstring) returns ltxtquery
    language c immutable strict parallel safe as '$libdir/ltree', 'ltxtq_in';
create function ltxtq_out(ltxtquery) returns cstring
    language c immutable strict parallel safe as '$libdir/ltree', 'ltxtq_out';
create function ltree_gist_in(cstring) returns ltree_gist
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_gist_in';
create function ltree_gist_out(ltree_gist) returns cstring
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_gist_out';
create function ltree_send(ltree) returns bytea
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_send';
create function lquery_send(lquery) returns bytea
    language c immutable strict parallel safe as '$libdir/ltree', 'lquery_send';
create function ltxtq_send(ltxtquery) returns bytea
    language c immutable strict parallel safe as '$libdir/ltree', 'ltxtq_send';

create type ltree (input = ltree_in, output = ltree_out, internallength = variable);
create type lquery (input = lquery_in, output = lquery_out, internallength = variable);
create type ltxtquery (input = ltxtq_in, output = ltxtq_out, internallength = variable);
create type ltree_gist (input = ltree_gist_in, output = ltree_gist_out, internallength = variable);

create function ltree_cmp(ltree, ltree) returns integer
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_cmp';
create function ltree_lt(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_lt';
create function ltree_le(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_le';
create function ltree_eq(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_eq';
create function ltree_ge(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_ge';
create function ltree_gt(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_gt';
create function ltree_ne(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_ne';
create function subltree(ltree, integer, integer) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'subltree';
create function subpath(ltree, integer, integer) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'subpath';
create function subpath(ltree, integer) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'subpath';
create function index(ltree, ltree) returns integer
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_index';
create function index(ltree, ltree, integer) returns integer
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_index';
create function nlevel(ltree) returns integer
    language c immutable strict parallel safe as '$libdir/ltree', 'nlevel';
create function ltree2text(ltree) returns text
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree2text';
create function text2ltree(text) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'text2ltree';
create function lca(ltree[]) returns ltree language c immutable strict parallel safe as '$libdir/ltree', '_lca';
create function lca(ltree, ltree) returns ltree language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function lca(ltree, ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function lca(ltree, ltree, ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function lca(ltree, ltree, ltree, ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function lca(ltree, ltree, ltree, ltree, ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function lca(ltree, ltree, ltree, ltree, ltree, ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function lca(ltree, ltree, ltree, ltree, ltree, ltree, ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'lca';
create function ltree_isparent(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_isparent';
create function ltree_risparent(ltree, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_risparent';
create function ltree_addltree(ltree, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_addltree';
create function ltree_addtext(ltree, text) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_addtext';
create function ltree_textadd(text, ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', 'ltree_textadd';
create function ltq_regex(ltree, lquery) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltq_regex';
create function ltq_rregex(lquery, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltq_rregex';
create function lt_q_regex(ltree, lquery[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'lt_q_regex';
create function lt_q_rregex(lquery[], ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'lt_q_rregex';
create function ltxtq_exec(ltree, ltxtquery) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltxtq_exec';
create function ltxtq_rexec(ltxtquery, ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', 'ltxtq_rexec';
create function _ltree_isparent(ltree[], ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltree_isparent';
create function _ltree_r_isparent(ltree, ltree[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltree_r_isparent';
create function _ltree_risparent(ltree[], ltree) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltree_risparent';
create function _ltree_r_risparent(ltree, ltree[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltree_r_risparent';
create function _ltq_regex(ltree[], lquery) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltq_regex';
create function _ltq_rregex(lquery, ltree[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltq_rregex';
create function _lt_q_regex(ltree[], lquery[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_lt_q_regex';
create function _lt_q_rregex(lquery[], ltree[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_lt_q_rregex';
create function _ltxtq_exec(ltree[], ltxtquery) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltxtq_exec';
create function _ltxtq_rexec(ltxtquery, ltree[]) returns boolean
    language c immutable strict parallel safe as '$libdir/ltree', '_ltxtq_rexec';
create function _ltree_extract_isparent(ltree[], ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', '_ltree_extract_isparent';
create function _ltree_extract_risparent(ltree[], ltree) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', '_ltree_extract_risparent';
create function _ltq_extract_regex(ltree[], lquery) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', '_ltq_extract_regex';
create function _ltxtq_extract_exec(ltree[], ltxtquery) returns ltree
    language c immutable strict parallel safe as '$libdir/ltree', '_ltxtq_extract_exec';
create function hash_ltree(ltree) returns integer
    language c immutable strict parallel safe as '$libdir/ltree', 'hash_ltree';
create function hash_ltree_extended(ltree, bigint) returns bigint
    language c immutable strict parallel safe as '$libdir/ltree', 'hash_ltree_extended';
