-- Values: equal, like, of a type. A function of any type cannot have a body that is bound to its names when it is made.

create function tap_is(passed boolean, have text, want text, description text) returns text language sql
    return tap_line(passed, description,
        '        have: ' || coalesce(have, 'NULL') || E'\n        want: ' || coalesce(want, 'NULL'));

create function "is"(anyelement, anyelement, text) returns text language plpgsql as $$
begin
    return @extschema@.tap_is($1 is not distinct from $2, $1::text, $2::text, $3);
end
$$;
create function "is"(anyelement, anyelement) returns text language plpgsql
    as $$ begin return @extschema@.is($1, $2, null); end $$;
create function isnt(anyelement, anyelement, text) returns text language plpgsql as $$
begin
    return @extschema@.tap_is($1 is distinct from $2, $1::text, 'anything else', $3);
end
$$;
create function isnt(anyelement, anyelement) returns text language plpgsql
    as $$ begin return @extschema@.isnt($1, $2, null); end $$;

create function tap_match(matched boolean, have text, want text, verb text, description text)
returns text language sql
    return tap_line(coalesce(matched, false), description,
        '                  ' || coalesce(pg_catalog.quote_literal(have), 'NULL')
            || E'\n   ' || verb || coalesce(pg_catalog.quote_literal(want), 'NULL'));
create function matches(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 ~ $2, $1::text, $2, 'doesn''t match: ', $3); end $$;
create function matches(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.matches($1, $2, null); end $$;
create function imatches(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 ~* $2, $1::text, $2, 'doesn''t match: ', $3); end $$;
create function imatches(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.imatches($1, $2, null); end $$;
create function doesnt_match(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 !~ $2, $1::text, $2, '      matches: ', $3); end $$;
create function doesnt_match(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.doesnt_match($1, $2, null); end $$;
create function doesnt_imatch(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 !~* $2, $1::text, $2, '      matches: ', $3); end $$;
create function doesnt_imatch(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.doesnt_imatch($1, $2, null); end $$;
create function alike(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 ~~ $2, $1::text, $2, 'doesn''t match: ', $3); end $$;
create function alike(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.alike($1, $2, null); end $$;
create function ialike(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 ~~* $2, $1::text, $2, 'doesn''t match: ', $3); end $$;
create function ialike(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.ialike($1, $2, null); end $$;
create function unalike(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 !~~ $2, $1::text, $2, '      matches: ', $3); end $$;
create function unalike(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.unalike($1, $2, null); end $$;
create function unialike(anyelement, text, text) returns text language plpgsql
    as $$ begin return @extschema@.tap_match($1 !~~* $2, $1::text, $2, '      matches: ', $3); end $$;
create function unialike(anyelement, text) returns text language plpgsql
    as $$ begin return @extschema@.unialike($1, $2, null); end $$;

create function cmp_ok(anyelement, text, anyelement, text) returns text language plpgsql as $$
declare
    holds boolean;
begin
    execute pg_catalog.format(
        'select %L::%s %s %L::%s',
        $1, pg_catalog.format_type(pg_catalog.pg_typeof($1), null), $2,
        $3, pg_catalog.format_type(pg_catalog.pg_typeof($3), null)
    ) into holds;
    return @extschema@.tap_line(coalesce(holds, false), $4,
        '    ' || coalesce(pg_catalog.quote_literal($1), 'NULL') || E'\n        ' || $2
            || E'\n    ' || coalesce(pg_catalog.quote_literal($3), 'NULL'));
end
$$;
create function cmp_ok(anyelement, text, anyelement) returns text language plpgsql
    as $$ begin return @extschema@.cmp_ok($1, $2, $3, null); end $$;

create function isa_ok(anyelement, regtype, text) returns text language plpgsql as $$
declare
    have constant regtype := pg_catalog.pg_typeof($1);
begin
    return @extschema@.tap_line(have = $2, $3 || ' isa ' || $2::text,
        pg_catalog.format('    %s isn''t a "%s" it''s a "%s"', $3, $2, have));
end
$$;
create function isa_ok(anyelement, regtype) returns text language plpgsql
    as $$ begin return @extschema@.isa_ok($1, $2, 'the value'); end $$;
