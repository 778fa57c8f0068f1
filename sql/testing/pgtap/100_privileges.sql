-- Policies, privileges, members of roles, and owners.

create function tap_policy(home name, relation name, item name) returns pg_catalog.pg_policy language sql stable
begin atomic
    select p from pg_catalog.pg_policy as p where p.polrelid = tap_table(home, relation) and p.polname = item;
end;
create function tap_policy_roles(name, name, name) returns name[] language sql stable
    return array(select r.rolname from pg_catalog.pg_roles as r where r.oid = any ((tap_policy($1, $2, $3)).polroles));
create function policy_roles_are(name, name, name, name[], text) returns text language sql
    return tap_list('policy roles', tap_policy_roles($1, $2, $3), $4, $5);
create function policy_roles_are(name, name, name, name[]) returns text language sql
    return policy_roles_are($1, $2, $3, $4, 'Policy ' || pg_catalog.quote_ident($3)
        || ' for table ' || tap_named($1, $2) || ' should have the correct roles');
create function policy_roles_are(name, name, name[], text) returns text language sql
    return tap_list('policy roles', tap_policy_roles(null, $1, $2), $3, $4);
create function policy_roles_are(name, name, name[]) returns text language sql
    return policy_roles_are($1, $2, $3, 'Policy ' || pg_catalog.quote_ident($2)
        || ' for table ' || pg_catalog.quote_ident($1) || ' should have the correct roles');

create function tap_policy_command(name, name, name) returns text language sql stable
    return case (tap_policy($1, $2, $3)).polcmd
        when '*' then 'ALL' when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
    end;
create function policy_cmd_is(name, name, name, text, text) returns text language sql
    return tap_is(tap_policy_command($1, $2, $3) is not distinct from pg_catalog.upper($4),
        tap_policy_command($1, $2, $3), pg_catalog.upper($4), $5);
create function policy_cmd_is(name, name, name, text) returns text language sql
    return policy_cmd_is($1, $2, $3, $4, 'Policy ' || pg_catalog.quote_ident($3) || ' for table ' || tap_named($1, $2)
        || ' should apply to ' || pg_catalog.upper($4) || ' command');
create function policy_cmd_is(name, name, text, text) returns text language sql
    return policy_cmd_is(null, $1, $2, $3, $4);
create function policy_cmd_is(name, name, text) returns text language sql
    return policy_cmd_is(null, $1, $2, $3, 'Policy ' || pg_catalog.quote_ident($2)
        || ' for table ' || pg_catalog.quote_ident($1)
        || ' should apply to ' || pg_catalog.upper($3) || ' command');

create function tap_granted(wanted name[]) returns text language sql immutable
    return coalesce(
        nullif(pg_catalog.array_to_string(
            array(select w from pg_catalog.unnest(wanted) as w where w is not null), ', '
        ), ''),
        'no privileges'
    );
-- `have` is null where what it is about is not there.
create function tap_privileges(have name[], want name[], item text, role name, description text)
returns text language sql
    return case
        when not exists (select from pg_catalog.pg_roles where rolname = role)
            then tap_line(false, description, '    Role ' || pg_catalog.quote_ident(role) || ' does not exist')
        when have is null then tap_line(false, description, '    ' || item || ' does not exist')
        else tap_list('privileges', have, want, description)
    end;
create function tap_role(role name) returns oid language sql stable
    return (select r.oid from pg_catalog.pg_roles as r where r.rolname = role);
create function tap_table_privileges(relation oid, role name) returns name[] language sql stable
    return case when relation is not null then array(
        select p.item from pg_catalog.unnest(array[
            'DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE'
        ]::name[]) as p (item)
        where pg_catalog.has_table_privilege(tap_role(role), relation, p.item)
    ) end;
create function tap_column_privileges(relation oid, attribute smallint, role name) returns name[] language sql stable
    return case when relation is not null and attribute is not null then array(
        select p.item from pg_catalog.unnest(array['INSERT', 'REFERENCES', 'SELECT', 'UPDATE']::name[]) as p (item)
        where case when attribute = 0 then pg_catalog.has_any_column_privilege(tap_role(role), relation, p.item)
            else pg_catalog.has_column_privilege(tap_role(role), relation, attribute, p.item) end
    ) end;
create function table_privs_are(name, name, name, name[], text) returns text language sql
    return tap_privileges(tap_table_privileges(tap_table($1, $2), $3), $4, 'Table ' || tap_named($1, $2), $3, $5);
create function table_privs_are(name, name, name, name[]) returns text language sql
    return table_privs_are($1, $2, $3, $4, 'Role ' || pg_catalog.quote_ident($3) || ' should be granted '
        || tap_granted($4) || ' on table ' || tap_named($1, $2));
create function table_privs_are(name, name, name[], text) returns text language sql
    return tap_privileges(tap_table_privileges(tap_table(null, $1), $2), $3,
        'Table ' || pg_catalog.quote_ident($1), $2, $4);
create function table_privs_are(name, name, name[]) returns text language sql
    return table_privs_are($1, $2, $3, 'Role ' || pg_catalog.quote_ident($2) || ' should be granted '
        || tap_granted($3) || ' on table ' || pg_catalog.quote_ident($1));

create function column_privs_are(name, name, name, name, name[], text) returns text language sql
    return tap_privileges(tap_column_privileges(tap_table($1, $2), (tap_column($1, $2, $3)).attnum, $4), $5,
        'Column ' || tap_named($1, $2, $3), $4, $6);
create function column_privs_are(name, name, name, name, name[]) returns text language sql
    return column_privs_are($1, $2, $3, $4, $5, 'Role ' || pg_catalog.quote_ident($4) || ' should be granted '
        || tap_granted($5) || ' on column ' || tap_named($1, $2, $3));
create function column_privs_are(name, name, name, name[], text) returns text language sql
    return column_privs_are(null, $1, $2, $3, $4, $5);
create function column_privs_are(name, name, name, name[]) returns text language sql
    return column_privs_are(null, $1, $2, $3, $4, 'Role ' || pg_catalog.quote_ident($3) || ' should be granted '
        || tap_granted($4) || ' on column ' || tap_named($1, $2));
create function any_column_privs_are(name, name, name, name[], text) returns text language sql
    return tap_privileges(tap_column_privileges(tap_table($1, $2), 0::smallint, $3), $4,
        'Table ' || tap_named($1, $2), $3, $5);
create function any_column_privs_are(name, name, name, name[]) returns text language sql
    return any_column_privs_are($1, $2, $3, $4, 'Role ' || pg_catalog.quote_ident($3) || ' should be granted '
        || tap_granted($4) || ' on any column in ' || tap_named($1, $2));
create function any_column_privs_are(name, name, name[], text) returns text language sql
    return any_column_privs_are(null, $1, $2, $3, $4);
create function any_column_privs_are(name, name, name[]) returns text language sql
    return any_column_privs_are(null, $1, $2, $3, 'Role ' || pg_catalog.quote_ident($2) || ' should be granted '
        || tap_granted($3) || ' on any column in ' || pg_catalog.quote_ident($1));

create function tap_schema_privileges(item name, role name) returns name[] language sql stable
    return (
        select array(
            select p.item from pg_catalog.unnest(array['CREATE', 'USAGE']::name[]) as p (item)
            where pg_catalog.has_schema_privilege(tap_role(role), n.oid, p.item)
        )
        from pg_catalog.pg_namespace as n where n.nspname = tap_schema_privileges.item
    );
create function schema_privs_are(name, name, name[], text) returns text language sql
    return tap_privileges(tap_schema_privileges($1, $2), $3, 'Schema ' || pg_catalog.quote_ident($1), $2, $4);
create function schema_privs_are(name, name, name[]) returns text language sql
    return schema_privs_are($1, $2, $3, 'Role ' || pg_catalog.quote_ident($2) || ' should be granted '
        || tap_granted($3) || ' on schema ' || pg_catalog.quote_ident($1));
create function tap_database_privileges(item name, role name) returns name[] language sql stable
    return (
        select array(
            select p.item from pg_catalog.unnest(array['CONNECT', 'CREATE', 'TEMPORARY']::name[]) as p (item)
            where pg_catalog.has_database_privilege(tap_role(role), d.oid, p.item)
        )
        from pg_catalog.pg_database as d where d.datname = tap_database_privileges.item
    );
create function database_privs_are(name, name, name[], text) returns text language sql
    return tap_privileges(tap_database_privileges($1, $2), $3, 'Database ' || pg_catalog.quote_ident($1), $2, $4);
create function database_privs_are(name, name, name[]) returns text language sql
    return database_privs_are($1, $2, $3, 'Role ' || pg_catalog.quote_ident($2) || ' should be granted '
        || tap_granted($3) || ' on database ' || pg_catalog.quote_ident($1));
create function tap_sequence_privileges(relation oid, role name) returns name[] language sql stable
    return case when relation is not null then array(
        select p.item from pg_catalog.unnest(array['SELECT', 'UPDATE', 'USAGE']::name[]) as p (item)
        where pg_catalog.has_sequence_privilege(tap_role(role), relation, p.item)
    ) end;
create function sequence_privs_are(name, name, name, name[], text) returns text language sql
    return tap_privileges(tap_sequence_privileges(tap_table($1, $2), $3), $4, 'Sequence ' || tap_named($1, $2), $3, $5);
create function sequence_privs_are(name, name, name, name[]) returns text language sql
    return sequence_privs_are($1, $2, $3, $4, 'Role ' || pg_catalog.quote_ident($3) || ' should be granted '
        || tap_granted($4) || ' on sequence ' || tap_named($1, $2));
create function sequence_privs_are(name, name, name[], text) returns text language sql
    return sequence_privs_are(null, $1, $2, $3, $4);
create function sequence_privs_are(name, name, name[]) returns text language sql
    return sequence_privs_are(null, $1, $2, $3, 'Role ' || pg_catalog.quote_ident($2) || ' should be granted '
        || tap_granted($3) || ' on sequence ' || pg_catalog.quote_ident($1));
create function tap_function_privileges(home name, item name, arguments name[], role name) returns name[]
language sql stable
    return (
        select case when pg_catalog.has_function_privilege(tap_role(role), p.oid, 'EXECUTE')
            then array['EXECUTE']::name[] else '{}'::name[] end
        from tap_functions(home, item, arguments) as p limit 1
    );
create function function_privs_are(name, name, name[], name, name[], text) returns text language sql
    return tap_privileges(tap_function_privileges($1, $2, $3, $4), $5, 'Function ' || tap_call($1, $2, $3), $4, $6);
create function function_privs_are(name, name, name[], name, name[]) returns text language sql
    return function_privs_are($1, $2, $3, $4, $5, 'Role ' || pg_catalog.quote_ident($4) || ' should be granted '
        || tap_granted($5) || ' on function ' || tap_call($1, $2, $3));
create function function_privs_are(name, name[], name, name[], text) returns text language sql
    return function_privs_are(null, $1, $2, $3, $4, $5);
create function function_privs_are(name, name[], name, name[]) returns text language sql
    return function_privs_are(null, $1, $2, $3, $4, 'Role ' || pg_catalog.quote_ident($3) || ' should be granted '
        || tap_granted($4) || ' on function ' || tap_call(null, $1, $2));

create function tap_superuser(role name) returns boolean language sql stable
    return (select r.rolsuper from pg_catalog.pg_roles as r where r.rolname = role);
create function tap_of_user(role name, passed boolean, description text) returns text language sql
    return case when passed is null
        then tap_line(false, description, '    User ' || pg_catalog.quote_ident(role) || ' does not exist')
        else ok(passed, description) end;
create function is_superuser(name, text) returns text language sql return tap_of_user($1, tap_superuser($1), $2);
create function is_superuser(name) returns text language sql
    return is_superuser($1, 'User ' || pg_catalog.quote_ident($1) || ' should be a super user');
create function isnt_superuser(name, text) returns text language sql return tap_of_user($1, not tap_superuser($1), $2);
create function isnt_superuser(name) returns text language sql
    return isnt_superuser($1, 'User ' || pg_catalog.quote_ident($1) || ' should not be a super user');

create function tap_members(role name, members name[], wanted boolean, description text) returns text language sql
begin atomic
    select case
        when tap_role(role) is null
            then tap_line(false, description, '    Role ' || pg_catalog.quote_ident(role) || ' does not exist')
        else tap_line(s.wrong is null, description, '    Members, who should '
            || case when wanted then '' else 'not ' end || 'be in ' || pg_catalog.quote_ident(role) || E' role:\n'
            || s.wrong)
    end
    from (
        select pg_catalog.string_agg('        ' || pg_catalog.quote_ident(m.item), E'\n') as wrong
        from pg_catalog.unnest(members) as m (item)
        where wanted <> exists (
            select from pg_catalog.pg_auth_members as a
            where a.roleid = tap_role(role) and a.member = tap_role(m.item)
        )
    ) as s;
end;
create function is_member_of(name, name[], text) returns text language sql return tap_members($1, $2, true, $3);
create function is_member_of(name, name, text) returns text language sql return tap_members($1, array[$2], true, $3);
create function is_member_of(name, name[]) returns text language sql
    return is_member_of($1, $2, 'Should have members of role ' || pg_catalog.quote_ident($1));
create function is_member_of(name, name) returns text language sql return is_member_of($1, array[$2]);
create function isnt_member_of(name, name[], text) returns text language sql return tap_members($1, $2, false, $3);
create function isnt_member_of(name, name, text) returns text language sql return tap_members($1, array[$2], false, $3);
create function isnt_member_of(name, name[]) returns text language sql
    return isnt_member_of($1, $2, 'Should not have members of role ' || pg_catalog.quote_ident($1));
create function isnt_member_of(name, name) returns text language sql return isnt_member_of($1, array[$2]);

create function tap_owner(have name, want name, lacking text, description text) returns text language sql
    return case when have is null then tap_line(false, description, '    ' || lacking)
        else tap_is(have = want, have::text, want::text, description) end;
create function tap_relation_owner(home name, relation name, kinds text) returns name language sql stable
    return (
        select pg_catalog.pg_get_userbyid(c.relowner) from pg_catalog.pg_class as c
        where c.oid = tap_table(home, relation) and pg_catalog.strpos(kinds, c.relkind::text) > 0
    );
create function table_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'rp'), $3, 'Table ' || tap_named($1, $2) || ' does not exist', $4);
create function table_owner_is(name, name, name) returns text language sql
    return table_owner_is($1, $2, $3,
        'Table ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function table_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'rp'), $2,
        'Table ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function table_owner_is(name, name) returns text language sql
    return table_owner_is($1, $2, 'Table ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function view_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'v'), $3, 'View ' || tap_named($1, $2) || ' does not exist', $4);
create function view_owner_is(name, name, name) returns text language sql
    return view_owner_is($1, $2, $3,
        'View ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function view_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'v'), $2,
        'View ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function view_owner_is(name, name) returns text language sql
    return view_owner_is($1, $2, 'View ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function sequence_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'S'), $3, 'Sequence ' || tap_named($1, $2) || ' does not exist', $4);
create function sequence_owner_is(name, name, name) returns text language sql
    return sequence_owner_is($1, $2, $3,
        'Sequence ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function sequence_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'S'), $2,
        'Sequence ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function sequence_owner_is(name, name) returns text language sql
    return sequence_owner_is($1, $2, 'Sequence ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function materialized_view_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'm'), $3, 'Materialized view ' || tap_named($1, $2)
        || ' does not exist', $4);
create function materialized_view_owner_is(name, name, name) returns text language sql
    return materialized_view_owner_is($1, $2, $3,
        'Materialized view ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function materialized_view_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'm'), $2,
        'Materialized view ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function materialized_view_owner_is(name, name) returns text language sql
    return materialized_view_owner_is($1, $2, 'Materialized view ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function foreign_table_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'f'), $3, 'Foreign table ' || tap_named($1, $2)
        || ' does not exist', $4);
create function foreign_table_owner_is(name, name, name) returns text language sql
    return foreign_table_owner_is($1, $2, $3,
        'Foreign table ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function foreign_table_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'f'), $2,
        'Foreign table ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function foreign_table_owner_is(name, name) returns text language sql
    return foreign_table_owner_is($1, $2, 'Foreign table ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function composite_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'c'), $3, 'Composite type ' || tap_named($1, $2)
        || ' does not exist', $4);
create function composite_owner_is(name, name, name) returns text language sql
    return composite_owner_is($1, $2, $3,
        'Composite type ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function composite_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'c'), $2,
        'Composite type ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function composite_owner_is(name, name) returns text language sql
    return composite_owner_is($1, $2, 'Composite type ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function relation_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_relation_owner($1, $2, 'rvmSfpcitI'), $3, 'Relation ' || tap_named($1, $2)
        || ' does not exist', $4);
create function relation_owner_is(name, name, name) returns text language sql
    return relation_owner_is($1, $2, $3,
        'Relation ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function relation_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_relation_owner(null, $1, 'rvmSfpcitI'), $2,
        'Relation ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function relation_owner_is(name, name) returns text language sql
    return relation_owner_is($1, $2, 'Relation ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function index_owner_is(name, name, name, name, text) returns text language sql
    return tap_owner((
        select pg_catalog.pg_get_userbyid(c.relowner) from pg_catalog.pg_class as c where c.oid = tap_index($1, $2, $3)
    ), $4, 'Index ' || pg_catalog.quote_ident($3) || ' ON ' || tap_named($1, $2) || ' not found', $5);
create function index_owner_is(name, name, name, name) returns text language sql
    return index_owner_is($1, $2, $3, $4, 'Index ' || pg_catalog.quote_ident($3) || ' ON ' || tap_named($1, $2)
        || ' should be owned by ' || pg_catalog.quote_ident($4));
create function index_owner_is(name, name, name, text) returns text language sql
    return tap_owner((
        select pg_catalog.pg_get_userbyid(c.relowner) from pg_catalog.pg_class as c
        where c.oid = tap_index(null, $1, $2)
    ), $3, 'Index ' || pg_catalog.quote_ident($2) || ' ON ' || pg_catalog.quote_ident($1) || ' not found', $4);
create function index_owner_is(name, name, name) returns text language sql
    return index_owner_is($1, $2, $3, 'Index ' || pg_catalog.quote_ident($2) || ' ON ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($3));
create function tap_type_owner(home name, item name) returns name language sql stable
    return (
        select pg_catalog.pg_get_userbyid(t.typowner) from pg_catalog.pg_type as t
        join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
        where t.typname = item
            and case when home is null then pg_catalog.pg_type_is_visible(t.oid) else n.nspname = home end
        limit 1
    );
create function type_owner_is(name, name, name, text) returns text language sql
    return tap_owner(tap_type_owner($1, $2), $3, 'Type ' || tap_named($1, $2) || ' not found', $4);
create function type_owner_is(name, name, name) returns text language sql
    return type_owner_is($1, $2, $3,
        'Type ' || tap_named($1, $2) || ' should be owned by ' || pg_catalog.quote_ident($3));
create function type_owner_is(name, name, text) returns text language sql
    return tap_owner(tap_type_owner(null, $1), $2, 'Type ' || pg_catalog.quote_ident($1) || ' not found', $3);
create function type_owner_is(name, name) returns text language sql
    return type_owner_is($1, $2, 'Type ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function schema_owner_is(name, name, text) returns text language sql
    return tap_owner((
        select pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace as n where n.nspname = $1
    ), $2, 'Schema ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function schema_owner_is(name, name) returns text language sql
    return schema_owner_is($1, $2, 'Schema ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function db_owner_is(name, name, text) returns text language sql
    return tap_owner((
        select pg_catalog.pg_get_userbyid(d.datdba) from pg_catalog.pg_database as d where d.datname = $1
    ), $2, 'Database ' || pg_catalog.quote_ident($1) || ' does not exist', $3);
create function db_owner_is(name, name) returns text language sql
    return db_owner_is($1, $2, 'Database ' || pg_catalog.quote_ident($1)
        || ' should be owned by ' || pg_catalog.quote_ident($2));
create function function_owner_is(name, name, name[], name, text) returns text language sql
    return tap_owner((select pg_catalog.pg_get_userbyid(p.proowner) from tap_functions($1, $2, $3) as p limit 1),
        $4, 'Function ' || tap_call($1, $2, $3) || ' does not exist', $5);
create function function_owner_is(name, name, name[], name) returns text language sql
    return function_owner_is($1, $2, $3, $4, 'Function ' || tap_call($1, $2, $3)
        || ' should be owned by ' || pg_catalog.quote_ident($4));
create function function_owner_is(name, name[], name, text) returns text language sql
    return function_owner_is(null, $1, $2, $3, $4);
create function function_owner_is(name, name[], name) returns text language sql
    return function_owner_is(null, $1, $2, $3, 'Function ' || tap_call(null, $1, $2)
        || ' should be owned by ' || pg_catalog.quote_ident($3));

create function tap_kind(home name, relation name) returns "char" language sql stable
    return (select c.relkind from pg_catalog.pg_class as c where c.oid = tap_table(home, relation));
create function is_partitioned(name, name, text) returns text language sql return ok(tap_kind($1, $2) = 'p', $3);
create function is_partitioned(name, name) returns text language sql
    return is_partitioned($1, $2, 'Table ' || tap_named($1, $2) || ' should be partitioned');
create function is_partitioned(name, text) returns text language sql return ok(tap_kind(null, $1) = 'p', $2);
create function is_partitioned(name) returns text language sql
    return is_partitioned($1, 'Table ' || pg_catalog.quote_ident($1) || ' should be partitioned');
create function isnt_partitioned(name, name, text) returns text language sql
    return ok(tap_kind($1, $2) is distinct from 'p', $3);
create function isnt_partitioned(name, name) returns text language sql
    return isnt_partitioned($1, $2, 'Table ' || tap_named($1, $2) || ' should not be partitioned');
create function isnt_partitioned(name, text) returns text language sql
    return ok(tap_kind(null, $1) is distinct from 'p', $2);
create function isnt_partitioned(name) returns text language sql
    return isnt_partitioned($1, 'Table ' || pg_catalog.quote_ident($1) || ' should not be partitioned');
create function is_clustered(name, name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_index as i where i.indexrelid = tap_index($1, $2, $3) and i.indisclustered
    ), $4);
create function is_clustered(name, name, name) returns text language sql
    return is_clustered($1, $2, $3,
        'Table ' || tap_named($1, $2) || ' should be clustered on index ' || pg_catalog.quote_ident($3));
create function is_clustered(name, name) returns text language sql
    return is_clustered(null, $1, $2,
        'Table ' || pg_catalog.quote_ident($1) || ' should be clustered on index ' || pg_catalog.quote_ident($2));
create function is_clustered(name) returns text language sql
    return is_clustered(null, null, $1, 'Table should be clustered on index ' || pg_catalog.quote_ident($1));

create function is_partition_of(name, name, name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relispartition
        where i.inhrelid = tap_table($1, $2) and i.inhparent = tap_table($3, $4)
    ), $5);
create function is_partition_of(name, name, name, name) returns text language sql
    return is_partition_of($1, $2, $3, $4,
        'Table ' || tap_named($1, $2) || ' should be a partition of ' || tap_named($3, $4));
create function is_partition_of(name, name, text) returns text language sql
    return is_partition_of(null, $1, null, $2, $3);
create function is_partition_of(name, name) returns text language sql
    return is_partition_of(null, $1, null, $2,
        'Table ' || pg_catalog.quote_ident($1) || ' should be a partition of ' || pg_catalog.quote_ident($2));


create function has_inherited_tables(name, name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhparent and c.relkind = 'r'
        where i.inhparent = tap_table($1, $2)
    ), $3);
create function has_inherited_tables(name, name) returns text language sql
    return has_inherited_tables($1, $2, 'Table ' || tap_named($1, $2) || ' should have descendents');
create function has_inherited_tables(name, text) returns text language sql
    return ok(exists (
        select from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhparent and c.relkind = 'r'
        where i.inhparent = tap_table(null, $1)
    ), $2);
create function has_inherited_tables(name) returns text language sql
    return has_inherited_tables($1, 'Table ' || pg_catalog.quote_ident($1) || ' should have descendents');
create function hasnt_inherited_tables(name, name, text) returns text language sql
    return ok(not exists (
        select from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhparent and c.relkind = 'r'
        where i.inhparent = tap_table($1, $2)
    ), $3);
create function hasnt_inherited_tables(name, name) returns text language sql
    return hasnt_inherited_tables($1, $2, 'Table ' || tap_named($1, $2) || ' should not have descendents');
create function hasnt_inherited_tables(name, text) returns text language sql
    return ok(not exists (
        select from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhparent and c.relkind = 'r'
        where i.inhparent = tap_table(null, $1)
    ), $2);
create function hasnt_inherited_tables(name) returns text language sql
    return hasnt_inherited_tables($1, 'Table ' || pg_catalog.quote_ident($1) || ' should not have descendents');

-- How many steps lead from a table up to another; null where none do.
create function tap_steps(child oid, parent oid) returns integer language plpgsql stable as $$
begin
    return (
        with recursive above (id, steps) as (
            select i.inhparent, 1 from pg_catalog.pg_inherits as i where i.inhrelid = child
            union
            select i.inhparent, a.steps + 1
            from above as a join pg_catalog.pg_inherits as i on i.inhrelid = a.id
        )
        select pg_catalog.min(a.steps) from above as a where a.id = parent
    );
end
$$;
create function is_ancestor_of(name, name, name, name, integer, text) returns text language sql
    return ok(coalesce(tap_steps(tap_table($3, $4), tap_table($1, $2)) = $5, false), $6);
create function is_ancestor_of(name, name, name, name, integer) returns text language sql
    return is_ancestor_of($1, $2, $3, $4, $5, 'Table ' || tap_named($1, $2) || ' should be ancestor '
        || $5 || ' for ' || tap_named($3, $4));
create function is_ancestor_of(name, name, name, name, text) returns text language sql
    return ok(tap_steps(tap_table($3, $4), tap_table($1, $2)) is not null, $5);
create function is_ancestor_of(name, name, name, name) returns text language sql
    return is_ancestor_of($1, $2, $3, $4, 'Table ' || tap_named($1, $2) || ' should be an ancestor of '
        || tap_named($3, $4));
create function is_ancestor_of(name, name, integer, text) returns text language sql
    return ok(coalesce(tap_steps(tap_table(null, $2), tap_table(null, $1)) = $3, false), $4);
create function is_ancestor_of(name, name, integer) returns text language sql
    return is_ancestor_of($1, $2, $3, 'Table ' || pg_catalog.quote_ident($1) || ' should be ancestor '
        || $3 || ' of ' || pg_catalog.quote_ident($2));
create function is_ancestor_of(name, name, text) returns text language sql
    return ok(tap_steps(tap_table(null, $2), tap_table(null, $1)) is not null, $3);
create function is_ancestor_of(name, name) returns text language sql
    return is_ancestor_of($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should be an ancestor of '
        || pg_catalog.quote_ident($2));
create function isnt_ancestor_of(name, name, name, name, integer, text) returns text language sql
    return ok(not coalesce(tap_steps(tap_table($3, $4), tap_table($1, $2)) = $5, false), $6);
create function isnt_ancestor_of(name, name, name, name, integer) returns text language sql
    return isnt_ancestor_of($1, $2, $3, $4, $5, 'Table ' || tap_named($1, $2) || ' should not be ancestor '
        || $5 || ' for ' || tap_named($3, $4));
create function isnt_ancestor_of(name, name, name, name, text) returns text language sql
    return ok(tap_steps(tap_table($3, $4), tap_table($1, $2)) is null, $5);
create function isnt_ancestor_of(name, name, name, name) returns text language sql
    return isnt_ancestor_of($1, $2, $3, $4, 'Table ' || tap_named($1, $2) || ' should not be an ancestor of '
        || tap_named($3, $4));
create function isnt_ancestor_of(name, name, integer, text) returns text language sql
    return ok(not coalesce(tap_steps(tap_table(null, $2), tap_table(null, $1)) = $3, false), $4);
create function isnt_ancestor_of(name, name, integer) returns text language sql
    return isnt_ancestor_of($1, $2, $3, 'Table ' || pg_catalog.quote_ident($1) || ' should not be ancestor '
        || $3 || ' of ' || pg_catalog.quote_ident($2));
create function isnt_ancestor_of(name, name, text) returns text language sql
    return ok(tap_steps(tap_table(null, $2), tap_table(null, $1)) is null, $3);
create function isnt_ancestor_of(name, name) returns text language sql
    return isnt_ancestor_of($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should not be an ancestor of '
        || pg_catalog.quote_ident($2));
create function is_descendent_of(name, name, name, name, integer, text) returns text language sql
    return ok(coalesce(tap_steps(tap_table($1, $2), tap_table($3, $4)) = $5, false), $6);
create function is_descendent_of(name, name, name, name, integer) returns text language sql
    return is_descendent_of($1, $2, $3, $4, $5, 'Table ' || tap_named($1, $2) || ' should be descendent '
        || $5 || ' from ' || tap_named($3, $4));
create function is_descendent_of(name, name, name, name, text) returns text language sql
    return ok(tap_steps(tap_table($1, $2), tap_table($3, $4)) is not null, $5);
create function is_descendent_of(name, name, name, name) returns text language sql
    return is_descendent_of($1, $2, $3, $4, 'Table ' || tap_named($1, $2) || ' should be a descendent of '
        || tap_named($3, $4));
create function is_descendent_of(name, name, integer, text) returns text language sql
    return ok(coalesce(tap_steps(tap_table(null, $1), tap_table(null, $2)) = $3, false), $4);
create function is_descendent_of(name, name, integer) returns text language sql
    return is_descendent_of($1, $2, $3, 'Table ' || pg_catalog.quote_ident($1) || ' should be descendent '
        || $3 || ' from ' || pg_catalog.quote_ident($2));
create function is_descendent_of(name, name, text) returns text language sql
    return ok(tap_steps(tap_table(null, $1), tap_table(null, $2)) is not null, $3);
create function is_descendent_of(name, name) returns text language sql
    return is_descendent_of($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should be a descendent of '
        || pg_catalog.quote_ident($2));
create function isnt_descendent_of(name, name, name, name, integer, text) returns text language sql
    return ok(not coalesce(tap_steps(tap_table($1, $2), tap_table($3, $4)) = $5, false), $6);
create function isnt_descendent_of(name, name, name, name, integer) returns text language sql
    return isnt_descendent_of($1, $2, $3, $4, $5, 'Table ' || tap_named($1, $2) || ' should not be descendent '
        || $5 || ' from ' || tap_named($3, $4));
create function isnt_descendent_of(name, name, name, name, text) returns text language sql
    return ok(tap_steps(tap_table($1, $2), tap_table($3, $4)) is null, $5);
create function isnt_descendent_of(name, name, name, name) returns text language sql
    return isnt_descendent_of($1, $2, $3, $4, 'Table ' || tap_named($1, $2) || ' should not be a descendent of '
        || tap_named($3, $4));
create function isnt_descendent_of(name, name, integer, text) returns text language sql
    return ok(not coalesce(tap_steps(tap_table(null, $1), tap_table(null, $2)) = $3, false), $4);
create function isnt_descendent_of(name, name, integer) returns text language sql
    return isnt_descendent_of($1, $2, $3, 'Table ' || pg_catalog.quote_ident($1) || ' should not be descendent '
        || $3 || ' from ' || pg_catalog.quote_ident($2));
create function isnt_descendent_of(name, name, text) returns text language sql
    return ok(tap_steps(tap_table(null, $1), tap_table(null, $2)) is null, $3);
create function isnt_descendent_of(name, name) returns text language sql
    return isnt_descendent_of($1, $2, 'Table ' || pg_catalog.quote_ident($1) || ' should not be a descendent of '
        || pg_catalog.quote_ident($2));

-- A test of an assertion: whether it passes, its description and its diagnostics.
create function check_test(text, boolean, text, text, text, boolean) returns setof text language plpgsql as $$
declare
    passed constant boolean := $1 !~ '^not ';
    named constant text := coalesce($3 || ' ', 'Test ');
    said text;
begin
    -- What was tried counts no longer.
    perform pg_catalog.setval('pg_temp.tap_number', pg_catalog.currval('pg_temp.tap_number') - 1,
        pg_catalog.currval('pg_temp.tap_number') > 1) where pg_catalog.currval('pg_temp.tap_number') > 1;
    if pg_catalog.currval('pg_temp.tap_number') = 1 and $1 ~ '^(not )?ok 1\M' then
        perform pg_catalog.setval('pg_temp.tap_number', 1, false);
    end if;
    if not passed then
        update pg_temp.tap_state as s set amount = s.amount - 1 where s.kind = 'failed';
    end if;
    return next @extschema@.is(passed, $2, named || 'should ' || case when $2 then 'pass' else 'fail' end);
    if $4 is not null then
        return next @extschema@.is(
            pg_catalog.regexp_replace(
                pg_catalog.split_part($1, E'\n', 1), '^(not )?ok \d+( - )?| *# (SKIP|TODO).*$', '', 'g'
            ), $4,
            named || 'should have the proper description'
        );
    end if;
    if $5 is not null then
        said := coalesce((
            select pg_catalog.string_agg(pg_catalog.regexp_replace(l.line, '^# ', ''), E'\n' order by l.place)
            from pg_catalog.unnest(pg_catalog.string_to_array($1, E'\n')) with ordinality as l (line, place)
            where l.place > 1 and l.line !~ '^# Failed (\(TODO\) )?test '
        ), pg_catalog.substring($1, '# (SKIP.*)$'), '');
        return next case
            when $6 then @extschema@.matches(said, $5, named || 'should have the proper diagnostics')
            else @extschema@.is(said, $5, named || 'should have the proper diagnostics')
        end;
    end if;
end
$$;
create function check_test(text, boolean, text, text, text) returns setof text language plpgsql
    as $$ begin return query select * from @extschema@.check_test($1, $2, $3, $4, $5, false); end $$;
create function check_test(text, boolean, text, text) returns setof text language plpgsql
    as $$ begin return query select * from @extschema@.check_test($1, $2, $3, $4, null, false); end $$;
create function check_test(text, boolean, text) returns setof text language plpgsql
    as $$ begin return query select * from @extschema@.check_test($1, $2, $3, null, null, false); end $$;
create function check_test(text, boolean) returns setof text language plpgsql
    as $$ begin return query select * from @extschema@.check_test($1, $2, null, null, null, false); end $$;
