-- Primary and foreign keys, unique and check constraints, indexes and triggers.

create function tap_constraint(home name, relation name, kind "char") returns boolean language sql stable
    return exists (
        select from pg_catalog.pg_constraint as c where c.conrelid = tap_table(home, relation) and c.contype = kind
    );
create function tap_keys(home name, relation name, kind "char") returns setof name[] language sql stable
begin atomic
    select array(
        select a.attname from pg_catalog.unnest(c.conkey) with ordinality as k (number, place)
        join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number order by k.place
    )
    from pg_catalog.pg_constraint as c where c.conrelid = tap_table(home, relation) and c.contype = kind
    order by c.oid;
end;
create function tap_columns(name[]) returns text language sql immutable
    return pg_catalog.array_to_string(array(select pg_catalog.quote_ident(c) from pg_catalog.unnest($1) as c), ', ');

create function has_pk(name, name, text) returns text language sql
    return ok(tap_constraint($1, $2, 'p'), $3);
create function has_pk(name, text) returns text language sql
    return ok(tap_constraint(null, $1, 'p'), $2);
create function has_pk(name) returns text language sql
    return has_pk($1, 'Table ' || pg_catalog.quote_ident($1) || ' should have a primary key');
create function has_pk(name, name) returns text language sql
    return has_pk($1, $2, 'Table ' || tap_named($1, $2) || ' should have a primary key');
create function hasnt_pk(name, name, text) returns text language sql
    return ok(not tap_constraint($1, $2, 'p'), $3);
create function hasnt_pk(name, text) returns text language sql
    return ok(not tap_constraint(null, $1, 'p'), $2);
create function hasnt_pk(name) returns text language sql
    return hasnt_pk($1, 'Table ' || pg_catalog.quote_ident($1) || ' should not have a primary key');
create function has_fk(name, name, text) returns text language sql
    return ok(tap_constraint($1, $2, 'f'), $3);
create function has_fk(name, text) returns text language sql
    return ok(tap_constraint(null, $1, 'f'), $2);
create function has_fk(name) returns text language sql
    return has_fk($1, 'Table ' || pg_catalog.quote_ident($1) || ' should have a foreign key constraint');
create function hasnt_fk(name, name, text) returns text language sql
    return ok(not tap_constraint($1, $2, 'f'), $3);
create function hasnt_fk(name, text) returns text language sql
    return ok(not tap_constraint(null, $1, 'f'), $2);
create function hasnt_fk(name) returns text language sql
    return hasnt_fk($1, 'Table ' || pg_catalog.quote_ident($1) || ' should not have a foreign key constraint');
create function has_unique(text, text, text) returns text language sql
    return ok(tap_constraint($1::name, $2::name, 'u'), $3);
create function has_unique(text, text) returns text language sql
    return ok(tap_constraint(null, $1::name, 'u'), $2);
create function has_unique(text) returns text language sql
    return has_unique($1, 'Table ' || pg_catalog.quote_ident($1) || ' should have a unique constraint');
create function has_check(name, name, text) returns text language sql
    return ok(tap_constraint($1, $2, 'c'), $3);
create function has_check(name, text) returns text language sql
    return ok(tap_constraint(null, $1, 'c'), $2);
create function has_check(name) returns text language sql
    return has_check($1, 'Table ' || pg_catalog.quote_ident($1) || ' should have a check constraint');

-- Whether the columns are those of a key. A key that is wanted is compared in order, of several the nearest is shown.
create function tap_of_key(
    home name, relation name, columns name[], kind "char", wanted boolean, description text
) returns text language plpgsql as $$
declare
    keys text[] := array(select k::text from @extschema@.tap_keys(home, relation, kind) as k);
    there constant boolean := columns::text = any (keys);
begin
    if not wanted then
        return case when kind = 'f' then @extschema@.ok(not there, description)
            else @extschema@.tap_is(not there, columns::text, 'anything else', description) end;
    elsif there or kind <> 'f' then
        return @extschema@.tap_is(there, pg_catalog.array_to_string(keys, E'\n              '), columns::text,
            description);
    end if;
    return @extschema@.tap_line(false, description, '    Table ' || @extschema@.tap_named(home, relation)
        || case when keys = '{}' then ' has no foreign key columns'
            else E' has foreign key constraints on these columns:\n        ' || (
                select pg_catalog.string_agg(pg_catalog.array_to_string(k, ', '), E'\n        ')
                from @extschema@.tap_keys(home, relation, kind) as k
            ) end);
end
$$;
create function col_is_pk(name, name, name[], text) returns text language sql
    return tap_of_key($1, $2, $3, 'p', true, $4);
create function col_is_pk(name, name, name, text) returns text language sql
    return tap_of_key($1, $2, array[$3], 'p', true, $4);
create function col_is_pk(name, name[], text) returns text language sql
    return tap_of_key(null, $1, $2, 'p', true, $3);
create function col_is_pk(name, name, text) returns text language sql
    return tap_of_key(null, $1, array[$2], 'p', true, $3);
create function col_is_pk(name, name[]) returns text language sql
    return col_is_pk($1, $2,
        'Column' || case when pg_catalog.cardinality($2) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should be a primary key');
create function col_is_pk(name, name) returns text language sql
    return col_is_pk($1, $2,
        'Column ' || pg_catalog.quote_ident($1) || '(' || pg_catalog.quote_ident($2) || ') should be a primary key');
create function col_is_pk(name, name, name[]) returns text language sql
    return col_is_pk($1, $2, $3,
        'Column' || case when pg_catalog.cardinality($3) > 1 then 's ' else ' ' end
        || tap_named($1, $2) || '(' || tap_columns($3) || ') should be a primary key');
create function col_is_pk(name, name, name) returns text language sql
    return col_is_pk($1, $2, $3,
        'Column ' || tap_named($1, $2) || '(' || pg_catalog.quote_ident($3) || ') should be a primary key');
create function col_isnt_pk(name, name, name[], text) returns text language sql
    return tap_of_key($1, $2, $3, 'p', false, $4);
create function col_isnt_pk(name, name, name, text) returns text language sql
    return tap_of_key($1, $2, array[$3], 'p', false, $4);
create function col_isnt_pk(name, name[], text) returns text language sql
    return tap_of_key(null, $1, $2, 'p', false, $3);
create function col_isnt_pk(name, name, text) returns text language sql
    return tap_of_key(null, $1, array[$2], 'p', false, $3);
create function col_isnt_pk(name, name[]) returns text language sql
    return col_isnt_pk($1, $2,
        'Column' || case when pg_catalog.cardinality($2) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should not be a primary key');
create function col_isnt_pk(name, name) returns text language sql
    return col_isnt_pk($1, $2,
        'Column ' || pg_catalog.quote_ident($1) || '(' || pg_catalog.quote_ident($2)
            || ') should not be a primary key');
create function col_is_fk(name, name, name[], text) returns text language sql
    return tap_of_key($1, $2, $3, 'f', true, $4);
create function col_is_fk(name, name, name, text) returns text language sql
    return tap_of_key($1, $2, array[$3], 'f', true, $4);
create function col_is_fk(name, name[], text) returns text language sql
    return tap_of_key(null, $1, $2, 'f', true, $3);
create function col_is_fk(name, name, text) returns text language sql
    return tap_of_key(null, $1, array[$2], 'f', true, $3);
create function col_is_fk(name, name[]) returns text language sql
    return col_is_fk($1, $2,
        'Column' || case when pg_catalog.cardinality($2) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should be a foreign key');
create function col_is_fk(name, name) returns text language sql
    return col_is_fk($1, $2,
        'Column ' || pg_catalog.quote_ident($1) || '(' || pg_catalog.quote_ident($2) || ') should be a foreign key');
create function col_isnt_fk(name, name, name[], text) returns text language sql
    return tap_of_key($1, $2, $3, 'f', false, $4);
create function col_isnt_fk(name, name, name, text) returns text language sql
    return tap_of_key($1, $2, array[$3], 'f', false, $4);
create function col_isnt_fk(name, name[], text) returns text language sql
    return tap_of_key(null, $1, $2, 'f', false, $3);
create function col_isnt_fk(name, name, text) returns text language sql
    return tap_of_key(null, $1, array[$2], 'f', false, $3);
create function col_isnt_fk(name, name[]) returns text language sql
    return col_isnt_fk($1, $2,
        'Column' || case when pg_catalog.cardinality($2) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should not be a foreign key');
create function col_isnt_fk(name, name) returns text language sql
    return col_isnt_fk($1, $2,
        'Column ' || pg_catalog.quote_ident($1) || '(' || pg_catalog.quote_ident($2)
            || ') should not be a foreign key');
create function col_is_unique(name, name, name[], text) returns text language sql
    return tap_of_key($1, $2, $3, 'u', true, $4);
create function col_is_unique(name, name, name, text) returns text language sql
    return tap_of_key($1, $2, array[$3], 'u', true, $4);
create function col_is_unique(name, name[], text) returns text language sql
    return tap_of_key(null, $1, $2, 'u', true, $3);
create function col_is_unique(name, name, text) returns text language sql
    return tap_of_key(null, $1, array[$2], 'u', true, $3);
create function col_is_unique(name, name[]) returns text language sql
    return col_is_unique($1, $2,
        'Column' || case when pg_catalog.cardinality($2) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should have a unique constraint');
create function col_is_unique(name, name) returns text language sql
    return col_is_unique($1, $2,
        'Column ' || pg_catalog.quote_ident($1) || '(' || pg_catalog.quote_ident($2)
            || ') should have a unique constraint');
create function col_is_unique(name, name, name[]) returns text language sql
    return col_is_unique($1, $2, $3,
        'Column' || case when pg_catalog.cardinality($3) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($2) || '(' || tap_columns($3) || ') should have a unique constraint');
create function col_is_unique(name, name, name) returns text language sql
    return col_is_unique($1, $2, $3,
        'Column ' || pg_catalog.quote_ident($2) || '(' || pg_catalog.quote_ident($3)
            || ') should have a unique constraint');
create function col_has_check(name, name, name[], text) returns text language sql
    return tap_of_key($1, $2, $3, 'c', true, $4);
create function col_has_check(name, name, name, text) returns text language sql
    return tap_of_key($1, $2, array[$3], 'c', true, $4);
create function col_has_check(name, name[], text) returns text language sql
    return tap_of_key(null, $1, $2, 'c', true, $3);
create function col_has_check(name, name, text) returns text language sql
    return tap_of_key(null, $1, array[$2], 'c', true, $3);
create function col_has_check(name, name[]) returns text language sql
    return col_has_check($1, $2,
        'Column' || case when pg_catalog.cardinality($2) > 1 then 's ' else ' ' end
        || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should have a check constraint');
create function col_has_check(name, name) returns text language sql
    return col_has_check($1, $2,
        'Column ' || pg_catalog.quote_ident($1) || '(' || pg_catalog.quote_ident($2)
            || ') should have a check constraint');

create function tap_reference(
    home name, relation name, columns name[], other_home name, other name, other_columns name[], description text
) returns text language plpgsql as $$
declare
    here constant text := @extschema@.tap_named(home, relation) || '(' || @extschema@.tap_columns(columns)
        || ') REFERENCES ';
    want constant text := here || @extschema@.tap_named(other_home, other)
        || '(' || @extschema@.tap_columns(other_columns) || ')';
    have text;
begin
    select here || case when home is null then pg_catalog.quote_ident(t.relname)
            else @extschema@.tap_named(n.nspname, t.relname) end || '('
            || @extschema@.tap_columns(array(
                select a.attname from pg_catalog.unnest(c.confkey) with ordinality as k (number, place)
                join pg_catalog.pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number order by k.place
            )) || ')'
    into have
    from pg_catalog.pg_constraint as c
    join pg_catalog.pg_class as t on t.oid = c.confrelid
    join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
    where c.contype = 'f' and c.conrelid = @extschema@.tap_table(home, relation) and columns = array(
        select a.attname from pg_catalog.unnest(c.conkey) with ordinality as k (number, place)
        join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number order by k.place
    )
    order by c.confrelid = @extschema@.tap_table(other_home, other) desc limit 1;
    return @extschema@.tap_is(have is not distinct from want, coalesce(have, here || 'NOTHING'), want, description);
end
$$;
create function fk_ok(name, name, name[], name, name, name[], text) returns text language sql
    return tap_reference($1, $2, $3, $4, $5, $6, $7);
create function fk_ok(name, name, name[], name, name, name[]) returns text language sql
    return fk_ok($1, $2, $3, $4, $5, $6, tap_named($1, $2) || '(' || tap_columns($3) || ') should reference '
        || tap_named($4, $5) || '(' || tap_columns($6) || ')');
create function fk_ok(name, name[], name, name[], text) returns text language sql
    return tap_reference(null, $1, $2, null, $3, $4, $5);
create function fk_ok(name, name[], name, name[]) returns text language sql
    return fk_ok($1, $2, $3, $4, pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ') should reference '
        || pg_catalog.quote_ident($3) || '(' || tap_columns($4) || ')');
create function fk_ok(name, name, name, name, name, name, text) returns text language sql
    return fk_ok($1, $2, array[$3], $4, $5, array[$6], $7);
create function fk_ok(name, name, name, name, name, text) returns text language sql
    return fk_ok($1, $2, array[$3], $4, $5, array[$6::name]);
create function fk_ok(name, name, name, name, text) returns text language sql
    return fk_ok($1, array[$2], $3, array[$4], $5);
create function fk_ok(name, name, name, name) returns text language sql
    return fk_ok($1, array[$2], $3, array[$4]);

create function tap_index(home name, relation name, item name) returns oid language sql stable
begin atomic
    select i.indexrelid from pg_catalog.pg_index as i
    join pg_catalog.pg_class as c on c.oid = i.indexrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relname = item and (relation is null or i.indrelid = tap_table(home, relation))
        and case when home is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = home end
    limit 1;
end;
-- The columns and expressions of an index, without those that it only includes.
create function tap_index_columns(index oid) returns name[] language sql stable
begin atomic
    select array(
        select pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(index, k, true), '^"(.*)"$', '\1')::name
        from pg_catalog.generate_series(1, i.indnkeyatts::integer) as k order by k
    )
    from pg_catalog.pg_index as i where i.indexrelid = index;
end;
create function tap_of_index(home name, relation name, item name, columns name[], description text)
returns text language sql
begin atomic
    select case
        when s.index is null then tap_line(false, description, 'Index ' || pg_catalog.quote_ident(item)
            || ' ON ' || tap_named(home, relation) || ' not found')
        else tap_is(
            pg_catalog.lower(tap_index_columns(s.index)::text) = pg_catalog.lower(columns::text),
            pg_catalog.quote_ident(item) || ' ON ' || tap_named(home, relation) || '('
                || pg_catalog.array_to_string(tap_index_columns(s.index), ', ') || ')',
            pg_catalog.quote_ident(item) || ' ON ' || tap_named(home, relation) || '('
                || pg_catalog.array_to_string(columns, ', ') || ')', description)
    end
    from (select tap_index(home, relation, item) as index) as s;
end;
create function has_index(name, name, name, name[], text) returns text language sql
    return tap_of_index($1, $2, $3, $4, $5);
create function has_index(name, name, name, name[]) returns text language sql
    return tap_of_index($1, $2, $3, $4, 'Index ' || pg_catalog.quote_ident($3) || ' should exist');
create function has_index(name, name, name, name, text) returns text language sql
    return tap_of_index($1, $2, $3, array[$4], $5);
create function has_index(name, name, name, name) returns text language sql
    return tap_of_index($1, $2, $3, array[$4], 'Index ' || pg_catalog.quote_ident($3) || ' should exist');
create function has_index(name, name, name[], text) returns text language sql
    return tap_of_index(null, $1, $2, $3, $4);
create function has_index(name, name, name[]) returns text language sql
    return tap_of_index(null, $1, $2, $3, 'Index ' || pg_catalog.quote_ident($2) || ' should exist');
-- With a schema or with a column before the description: whichever the first name is.
create function has_index(name, name, name, text) returns text language sql
    return case when exists (select from pg_catalog.pg_namespace where nspname = $1)
        then ok(tap_index($1, $2, $3) is not null, $4)
        else tap_of_index(null, $1, $2, array[$3], $4) end;
create function has_index(name, name, name) returns text language sql
    return case when exists (select from pg_catalog.pg_namespace where nspname = $1)
        then ok(tap_index($1, $2, $3) is not null, 'Index ' || pg_catalog.quote_ident($3) || ' should exist')
        else tap_of_index(null, $1, $2, array[$3], 'Index ' || pg_catalog.quote_ident($2) || ' should exist') end;
-- An expression has brackets, a description none.
create function has_index(name, name, text) returns text language sql
    return case when pg_catalog.strpos($3, '(') > 0
        then tap_of_index(null, $1, $2, array[$3::name], 'Index ' || pg_catalog.quote_ident($2) || ' should exist')
        else ok(tap_index(null, $1, $2) is not null, $3) end;
create function has_index(name, name) returns text language sql
    return has_index($1, $2, 'Index ' || pg_catalog.quote_ident($2) || ' should exist');
create function hasnt_index(name, name, name, text) returns text language sql
    return ok(tap_index($1, $2, $3) is null, $4);
create function hasnt_index(name, name, name) returns text language sql
    return hasnt_index($1, $2, $3, 'Index ' || pg_catalog.quote_ident($3) || ' should not exist');
create function hasnt_index(name, name, text) returns text language sql
    return ok(tap_index(null, $1, $2) is null, $3);
create function hasnt_index(name, name) returns text language sql
    return hasnt_index($1, $2, 'Index ' || pg_catalog.quote_ident($2) || ' should not exist');

create function index_is_unique(name, name, name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_index as i where i.indexrelid = tap_index($1, $2, $3)
        and i.indisunique), $4);
create function index_is_unique(name, name, name) returns text language sql
    return index_is_unique($1, $2, $3, 'Index ' || pg_catalog.quote_ident($3) || ' should be unique');
create function index_is_unique(name, name) returns text language sql
    return index_is_unique(null, $1, $2, 'Index ' || pg_catalog.quote_ident($2) || ' should be unique');
create function index_is_unique(name) returns text language sql
    return index_is_unique(null, null, $1, 'Index ' || pg_catalog.quote_ident($1) || ' should be unique');
create function index_is_primary(name, name, name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_index as i where i.indexrelid = tap_index($1, $2, $3)
        and i.indisprimary), $4);
create function index_is_primary(name, name, name) returns text language sql
    return index_is_primary($1, $2, $3, 'Index ' || pg_catalog.quote_ident($3) || ' should be on a primary key');
create function index_is_primary(name, name) returns text language sql
    return index_is_primary(null, $1, $2, 'Index ' || pg_catalog.quote_ident($2) || ' should be on a primary key');
create function index_is_primary(name) returns text language sql
    return index_is_primary(null, null, $1, 'Index ' || pg_catalog.quote_ident($1) || ' should be on a primary key');
create function index_is_partial(name, name, name, text) returns text language sql
    return ok(exists (select from pg_catalog.pg_index as i where i.indexrelid = tap_index($1, $2, $3)
        and i.indpred is not null), $4);
create function index_is_partial(name, name, name) returns text language sql
    return index_is_partial($1, $2, $3, 'Index ' || pg_catalog.quote_ident($3) || ' should be partial');
create function index_is_partial(name, name) returns text language sql
    return index_is_partial(null, $1, $2, 'Index ' || pg_catalog.quote_ident($2) || ' should be partial');
create function index_is_partial(name) returns text language sql
    return index_is_partial(null, null, $1, 'Index ' || pg_catalog.quote_ident($1) || ' should be partial');
create function index_is_type(name, name, name, name, text) returns text language sql
begin atomic
    select tap_is(s.have is not distinct from $4, s.have::text, $4::text, $5)
    from (select (
        select m.amname from pg_catalog.pg_class as c join pg_catalog.pg_am as m on m.oid = c.relam
        where c.oid = tap_index($1, $2, $3)
    ) as have) as s;
end;
create function index_is_type(name, name, name, name) returns text language sql
    return index_is_type($1, $2, $3, $4,
        'Index ' || pg_catalog.quote_ident($3) || ' should be a ' || pg_catalog.quote_ident($4) || ' index');
create function index_is_type(name, name, name) returns text language sql
    return index_is_type(null, $1, $2, $3,
        'Index ' || pg_catalog.quote_ident($2) || ' should be a ' || pg_catalog.quote_ident($3) || ' index');
create function index_is_type(name, name) returns text language sql
    return index_is_type(null, null, $1, $2,
        'Index ' || pg_catalog.quote_ident($1) || ' should be a ' || pg_catalog.quote_ident($2) || ' index');
create function is_indexed(name, name, name[], text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_index as i
        where i.indrelid = tap_table($1, $2) and tap_index_columns(i.indexrelid)::text = $3::text
    ), $4);
create function is_indexed(name, name, name[]) returns text language sql
    return is_indexed($1, $2, $3, 'Should have an index on ' || tap_named($1, $2) || '(' || tap_columns($3) || ')');
create function is_indexed(name, name, name, text) returns text language sql
    return is_indexed($1, $2, array[$3], $4);
create function is_indexed(name, name, name) returns text language sql
    return case when exists (select from pg_catalog.pg_namespace where nspname = $1)
        then is_indexed($1, $2, array[$3]) else is_indexed(null, $1, array[$2], $3) end;
create function is_indexed(name, name[], text) returns text language sql
    return is_indexed(null, $1, $2, $3);
create function is_indexed(name, name[]) returns text language sql
    return is_indexed(null, $1, $2,
        'Should have an index on ' || pg_catalog.quote_ident($1) || '(' || tap_columns($2) || ')');
create function is_indexed(name, name) returns text language sql return is_indexed($1, array[$2]);

create function tap_trigger(home name, relation name, item name) returns oid language sql stable
begin atomic
    select t.oid from pg_catalog.pg_trigger as t
    where t.tgrelid = tap_table(home, relation) and t.tgname = item and not t.tgisinternal;
end;
create function has_trigger(name, name, name, text) returns text language sql
    return ok(tap_trigger($1, $2, $3) is not null, $4);
create function has_trigger(name, name, name) returns text language sql
    return has_trigger($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should have trigger '
        || pg_catalog.quote_ident($3));
create function has_trigger(name, name, text) returns text language sql
    return ok(tap_trigger(null, $1, $2) is not null, $3);
create function has_trigger(name, name) returns text language sql
    return has_trigger($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should have trigger '
        || pg_catalog.quote_ident($2));
create function hasnt_trigger(name, name, name, text) returns text language sql
    return ok(tap_trigger($1, $2, $3) is null, $4);
create function hasnt_trigger(name, name, name) returns text language sql
    return hasnt_trigger($1, $2, $3, 'Table ' || tap_named($1, $2) || ' should not have trigger '
        || pg_catalog.quote_ident($3));
create function hasnt_trigger(name, name, text) returns text language sql
    return ok(tap_trigger(null, $1, $2) is null, $3);
create function hasnt_trigger(name, name) returns text language sql
    return hasnt_trigger($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should not have trigger '
        || pg_catalog.quote_ident($2));
create function has_rule(name, name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_rewrite as r where r.ev_class = tap_table($1, $2) and r.rulename = $3
    ), $4);
create function has_rule(name, name, name) returns text language sql
    return has_rule($1, $2, $3, 'Relation ' || tap_named($1, $2) || ' should have rule ' || pg_catalog.quote_ident($3));
create function has_rule(name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_rewrite as r where r.ev_class = tap_table(null, $1) and r.rulename = $2
    ), $3);
create function has_rule(name, name) returns text language sql
    return has_rule($1, $2, 'Relation ' || pg_catalog.quote_ident($1) || ' should have rule '
        || pg_catalog.quote_ident($2));
create function hasnt_rule(name, name, name, text) returns text language sql
    return ok(not exists (
        select from pg_catalog.pg_rewrite as r where r.ev_class = tap_table($1, $2) and r.rulename = $3
    ), $4);
create function hasnt_rule(name, name, name) returns text language sql
    return hasnt_rule($1, $2, $3, 'Relation ' || tap_named($1, $2) || ' should not have rule '
        || pg_catalog.quote_ident($3));
create function hasnt_rule(name, name, text) returns text language sql
    return ok(not exists (
        select from pg_catalog.pg_rewrite as r where r.ev_class = tap_table(null, $1) and r.rulename = $2
    ), $3);
create function hasnt_rule(name, name) returns text language sql
    return hasnt_rule($1, $2, 'Relation ' || pg_catalog.quote_ident($1) || ' should not have rule '
        || pg_catalog.quote_ident($2));
create function tap_trigger_calls(trigger oid, qualified boolean) returns text language sql stable
begin atomic
    select case when qualified then pg_catalog.quote_ident(n.nspname) || '.' else '' end
        || pg_catalog.quote_ident(p.proname)
    from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace where t.oid = trigger;
end;
create function trigger_is(name, name, name, name, name, text) returns text language sql
begin atomic
    select tap_is(s.have is not distinct from tap_named($4, $5), s.have, tap_named($4, $5), $6)
    from (select tap_trigger_calls(tap_trigger($1, $2, $3), true) as have) as s;
end;
create function trigger_is(name, name, name, name, name) returns text language sql
    return trigger_is($1, $2, $3, $4, $5,
        'Trigger ' || pg_catalog.quote_ident($3) || ' should call ' || tap_named($4, $5) || '()');
create function trigger_is(name, name, name, text) returns text language sql
begin atomic
    select tap_is(s.have is not distinct from pg_catalog.quote_ident($3), s.have, pg_catalog.quote_ident($3), $4)
    from (select tap_trigger_calls(tap_trigger(null, $1, $2), false) as have) as s;
end;
create function trigger_is(name, name, name) returns text language sql
    return trigger_is($1, $2, $3,
        'Trigger ' || pg_catalog.quote_ident($2) || ' should call ' || pg_catalog.quote_ident($3) || '()');
