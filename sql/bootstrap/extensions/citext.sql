-- citext: schema = current, fixed = no, relocatable = yes, version = 1.8, runs = no
-- Text that compares without regard to case.
-- Declared for the static builder: it comes with PostgreSQL, and a server without its library cannot run this. Left out
-- are operators, casts, operator classes and the functions that only those call.

create type citext;

create function citextin(cstring) returns citext language internal immutable strict parallel safe as $$textin$$;
create function citextout(citext) returns cstring language internal immutable strict parallel safe as $$textout$$;
create function citextsend(citext) returns bytea language internal stable strict parallel safe as $$textsend$$;

create type citext (input = citextin, output = citextout, internallength = variable, category = 'S');

create function citext(character) returns citext language internal immutable strict parallel safe as $$rtrim1$$;
create function citext(boolean) returns citext language internal immutable strict parallel safe as $$booltext$$;
create function citext(inet) returns citext language internal immutable strict parallel safe as $$network_show$$;
create function citext_eq(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_eq';
create function citext_ne(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_ne';
create function citext_lt(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_lt';
create function citext_le(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_le';
create function citext_gt(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_gt';
create function citext_ge(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_ge';
create function citext_cmp(citext, citext) returns integer
    language c immutable strict parallel safe as '$libdir/citext', 'citext_cmp';
create function citext_hash(citext) returns integer
    language c immutable strict parallel safe as '$libdir/citext', 'citext_hash';
create function citext_smaller(citext, citext) returns citext
    language c immutable strict parallel safe as '$libdir/citext', 'citext_smaller';
create function citext_larger(citext, citext) returns citext
    language c immutable strict parallel safe as '$libdir/citext', 'citext_larger';
create function texticlike(citext, citext) returns boolean
    language internal immutable strict parallel safe as $$texticlike$$;
create function texticnlike(citext, citext) returns boolean
    language internal immutable strict parallel safe as $$texticnlike$$;
create function texticregexeq(citext, citext) returns boolean
    language internal immutable strict parallel safe as $$texticregexeq$$;
create function texticregexne(citext, citext) returns boolean
    language internal immutable strict parallel safe as $$texticregexne$$;
create function texticlike(citext, text) returns boolean
    language internal immutable strict parallel safe as $$texticlike$$;
create function texticnlike(citext, text) returns boolean
    language internal immutable strict parallel safe as $$texticnlike$$;
create function texticregexeq(citext, text) returns boolean
    language internal immutable strict parallel safe as $$texticregexeq$$;
create function texticregexne(citext, text) returns boolean
    language internal immutable strict parallel safe as $$texticregexne$$;
create function regexp_match(string citext, pattern citext) returns text[]
    language sql immutable strict parallel safe RETURN regexp_match((string)::text, (pattern)::text, 'i'::text);
create function regexp_match(string citext, pattern citext, flags text) returns text[]
    language sql immutable strict parallel safe
    RETURN regexp_match((string)::text, (pattern)::text, CASE WHEN (strpos(flags,
    'c'::text) = 0) THEN (flags || 'i'::text) ELSE flags END);
create function regexp_matches(string citext, pattern citext) returns setof text[]
    language sql immutable strict parallel safe RETURN regexp_matches((string)::text, (pattern)::text, 'i'::text);
create function regexp_matches(string citext, pattern citext, flags text) returns setof text[]
    language sql immutable strict parallel safe
    RETURN regexp_matches((string)::text, (pattern)::text, CASE WHEN (strpos(flags,
    'c'::text) = 0) THEN (flags || 'i'::text) ELSE flags END);
create function regexp_replace(string citext, pattern citext, replacement text) returns text
    language sql immutable strict parallel safe
    RETURN regexp_replace((string)::text, (pattern)::text, replacement, 'i'::text);
create function regexp_replace(string citext, pattern citext, replacement text, flags text) returns text
    language sql immutable strict parallel safe
    RETURN regexp_replace((string)::text, (pattern)::text, replacement, CASE WHEN (strpos(flags,
    'c'::text) = 0) THEN (flags || 'i'::text) ELSE flags END);
create function regexp_split_to_array(string citext, pattern citext) returns text[]
    language sql immutable strict parallel safe
    RETURN regexp_split_to_array((string)::text, (pattern)::text, 'i'::text);
create function regexp_split_to_array(string citext, pattern citext, flags text) returns text[]
    language sql immutable strict parallel safe
    RETURN regexp_split_to_array((string)::text, (pattern)::text, CASE WHEN (strpos(flags,
    'c'::text) = 0) THEN (flags || 'i'::text) ELSE flags END);
create function regexp_split_to_table(string citext, pattern citext) returns setof text
    language sql immutable strict parallel safe
    RETURN regexp_split_to_table((string)::text, (pattern)::text, 'i'::text);
create function regexp_split_to_table(string citext, pattern citext, flags text) returns setof text
    language sql immutable strict parallel safe
    RETURN regexp_split_to_table((string)::text, (pattern)::text, CASE WHEN (strpos(flags,
    'c'::text) = 0) THEN (flags || 'i'::text) ELSE flags END);
create function strpos(citext, citext) returns integer
    language sql immutable strict parallel safe RETURN strpos(lower(($1)::text), lower(($2)::text));
create function replace(citext, citext, citext) returns text
    language sql immutable strict parallel safe
    RETURN regexp_replace(($1)::text, regexp_replace(($2)::text, '([^a-zA-Z_0-9])'::text, '\\\1'::text, 'g'::text),
    ($3)::text, 'gi'::text);
create function split_part(citext, citext, integer) returns text
    language sql immutable strict parallel safe
    RETURN (regexp_split_to_array(($1)::text, regexp_replace(($2)::text, '([^a-zA-Z_0-9])'::text, '\\\1'::text,
    'g'::text), 'i'::text))[$3];
create function translate(citext, citext, text) returns text
    language sql immutable strict parallel safe
    RETURN translate(translate(($1)::text, lower(($2)::text), $3), upper(($2)::text), $3);
create function citext_pattern_lt(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_pattern_lt';
create function citext_pattern_le(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_pattern_le';
create function citext_pattern_gt(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_pattern_gt';
create function citext_pattern_ge(citext, citext) returns boolean
    language c immutable strict parallel safe as '$libdir/citext', 'citext_pattern_ge';
create function citext_pattern_cmp(citext, citext) returns integer
    language c immutable strict parallel safe as '$libdir/citext', 'citext_pattern_cmp';
create function citext_hash_extended(citext, bigint) returns bigint
    language c immutable strict parallel safe as '$libdir/citext', 'citext_hash_extended';
create aggregate min(citext) (sfunc = citext_smaller, stype = citext);
create aggregate max(citext) (sfunc = citext_larger, stype = citext);
