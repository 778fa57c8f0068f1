"""Built-in functions that look into the catalog or the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from policytool.catalog.build.plpgsql import objects
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.relations import cluster, parts
from policytool.catalog.build.plpgsql.relations.base import Relation, relation_at
from policytool.catalog.build.plpgsql.relations.classes import Typmod
from policytool.catalog.build.plpgsql.relations.indexes import index_definition
from policytool.catalog.build.plpgsql.relations.privileges import has_privilege
from policytool.catalog.build.plpgsql.strings import plain
from policytool.catalog.build.plpgsql.values import NotKnown, Oid, Opaque, Spelled, Value
from policytool.catalog.build.roles import privileges_of
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Function
from policytool.catalog.spelling import identifier, literal, qualified

# --- names to objects -----------------------------------------------------------------------------------------------


def _to(kind: str) -> Callable[[Env, Value], Value]:
    def find(env: Env, text: Value) -> Value:
        if text is None:
            return None
        try:
            return objects.find(env.state, plain(text), kind)
        except Refused:
            return None

    return find


def relation(state: State, value: Value) -> Relation:
    """The relation that an argument of type regclass, oid or text means."""
    oid = value if isinstance(value, Oid) else objects.registered(state, value, "regclass")
    found = relation_at(state, oid.key) if isinstance(oid, Oid) and isinstance(oid.key, tuple) else None
    if found is None:
        raise NotKnown("a relation that is not in the catalog")
    return found


def function(state: State, value: Value) -> Function:
    """The function that an argument of type regprocedure, oid or text means."""
    oid = value if isinstance(value, Oid) else objects.registered(state, value, "regprocedure")
    if not isinstance(oid, Oid) or oid.key not in state.functions:
        raise NotKnown("a function that is not in the catalog")
    return state.functions[oid.key]


# --- definitions ----------------------------------------------------------------------------------------------------


def _view(env: Env, value: Value, pretty: Value = None) -> Value:
    found = relation(env.state, value)
    return Spelled(found.item.definition) if found.kind in "vm" else None


def _constraint(env: Env, value: Value, pretty: Value = None) -> Value:
    if not isinstance(value, Oid) or value.catalog != "pg_constraint" or value.of_system:
        raise NotKnown("a constraint that is not in the catalog")
    *owner, name = value.key
    if isinstance(name, parts.NotNull):
        return Spelled(f"NOT NULL {name.column}")
    table = env.state.tables.get((owner[0], owner[1]))
    for constraint in table.constraints if table is not None else ():
        if constraint.name == name:
            return parts.constraint_definition(constraint)
    raise NotKnown("the definition of such a constraint")


def _index(env: Env, value: Value, column: Value = 0, pretty: Value = None) -> Value:
    found = relation(env.state, value)
    if found.kind not in "iI" or column != 0:
        raise NotKnown("a part of an index")
    return index_definition(found)


def _identity_arguments(env: Env, value: Value) -> Value:
    return objects.identity_arguments(env.state, function(env.state, value))


def _arguments(env: Env, value: Value) -> Value:
    found = function(env.state, value)
    if any(argument.default is not None for argument in found.arguments):
        return Spelled(objects.identity_arguments(env.state, found))
    return objects.identity_arguments(env.state, found)


def _result(env: Env, value: Value) -> Value:
    returns = function(env.state, value).returns
    return None if returns is None else objects.visible(env.state, returns)


def _whole_function(env: Env, value: Value) -> Value:
    found = function(env.state, value)
    kind = "PROCEDURE" if found.kind == "procedure" else "FUNCTION"
    words = [f"CREATE OR REPLACE {kind} {qualified(found.schema, found.name)}"]
    words.append(f"({objects.identity_arguments(env.state, found)})\n RETURNS {found.returns}")
    words.append(f" LANGUAGE {found.language}\n {found.volatility}{' STRICT' if found.strict else ''}")
    if found.security_definer:
        words.append(" SECURITY DEFINER")
    for setting in found.settings:
        name, _, text = setting.partition("=")
        words.append(f"\n SET {identifier(name)} TO {literal(text)}")
    return Spelled("".join((*words, f"\nAS $function${found.body}$function$\n")))


def _expression(env: Env, value: Value, table: Value, pretty: Value = None) -> Value:
    return value


def _type(env: Env, oid: Value, modifier: Value) -> Value:
    if isinstance(modifier, Typmod):
        return objects.visible(env.state, modifier.spelled)
    if not isinstance(oid, Oid) or oid.of_system or modifier not in (None, -1):
        raise NotKnown("a type that is not in the catalog")
    return objects.type_text(env.state, oid.key)


def _types(env: Env, oids: Value) -> Value:
    if not isinstance(oids, tuple):
        raise NotKnown("oidvectortypes() of something else")
    return ", ".join(plain(_type(env, oid, None)) for oid in oids)


def _user(env: Env, oid: Value) -> Value:
    if not isinstance(oid, Oid) or oid.catalog != "pg_authid":
        raise NotKnown("a role that is not in the catalog")
    return oid.key


def _comment(env: Env, value: Value, catalog: Value = "") -> Value:
    if isinstance(value, Oid) and value.catalog == "pg_proc":
        return function(env.state, value).comment
    return relation(env.state, value).item.comment


def _column_comment(env: Env, value: Value, number: Value) -> Value:
    columns = relation(env.state, value).columns
    return columns[number - 1].comment if isinstance(number, int) and 0 < number <= len(columns) else None


def _sequence(env: Env, table: Value, column: Value) -> Value:
    key = relation(env.state, table).key
    for name, sequence in env.state.sequences.items():
        if sequence.owned_by == (*key, plain(column)):
            return qualified(*name)
    return None


def _visible(env: Env, oid: Value) -> bool:
    if not isinstance(oid, Oid) or oid.of_system or not isinstance(oid.key, tuple):
        raise NotKnown("whether an object is visible")
    if oid.catalog == "pg_proc":
        return next(iter(env.state.find_functions(None, oid.key[1])), None) == oid.key
    if oid.catalog == "pg_type":
        return objects.type_text(env.state, oid.key) == identifier(oid.key[1])
    return objects.relation_name(env.state, oid.key) == identifier(oid.key[1])


# --- privileges -----------------------------------------------------------------------------------------------------


def _role_name(value: Value) -> str:
    if isinstance(value, Oid):
        return str(value.key)
    return plain(value)


def _privilege(find: Callable[[State, Value], Any], *, any_column: bool = False) -> Callable[..., Value]:
    def test(env: Env, *arguments: Value) -> Value:
        if None in arguments:
            return None
        if len(arguments) == 2:
            arguments = (env.state.session.role, *arguments)
        if len(arguments) != 3:
            raise NotKnown("a privilege that is asked for in an unusual way")
        user, thing, privilege = arguments
        item = find(env.state, thing)
        return has_privilege(env.state, _role_name(user), item, plain(privilege), any_column=any_column)

    return test


def _relation_item(state: State, value: Value) -> Any:
    found = relation(state, value)
    if found.assumed:
        raise NotKnown(f"the privileges on the assumed table {found.name}")
    return found.item


def _schema(state: State, value: Value) -> Any:
    name = value.key if isinstance(value, Oid) else plain(value)
    if name not in state.schemas:
        raise Refused("3F000", f'schema "{name}" does not exist')
    return state.schemas[name]


def _column_privilege(env: Env, *arguments: Value) -> Value:
    if len(arguments) == 3:
        arguments = (env.state.session.role, *arguments)
    user, table, column, privilege = arguments
    if not isinstance(column, str):
        raise NotKnown("a column that is given by its number")
    item = _relation_item(env.state, table)
    return has_privilege(env.state, _role_name(user), item, plain(privilege), column=column)


def _member(env: Env, *arguments: Value) -> Value:
    if len(arguments) == 2:
        arguments = (env.state.session.role, *arguments)
    user, role, privilege = arguments
    for name in map(_role_name, (user, role)):
        if name not in env.state.roles:
            raise Refused("42704", f'role "{name}" does not exist')
    if env.state.roles[_role_name(user)].superuser:
        return True
    if plain(privilege).upper() != "USAGE":
        raise NotKnown("membership without inheritance")
    return _role_name(role) in privileges_of(env.state, _role_name(user))


# --- the session ----------------------------------------------------------------------------------------------------


def _setting(env: Env, name: Value, missing_ok: Value = False) -> Value:
    try:
        return cluster.setting(env.state, plain(name))
    except KeyError:
        if "." not in plain(name) and missing_ok is True and plain(name) != plain(name).lower():
            return None  # no setting of Postgres's own has capitals like these, and no extension's lacks a dot
        raise NotKnown(f"the setting {name}") from None


def _set_config(env: Env, name: Value, value: Value, local: Value) -> Value:
    return env.machine.set_config(plain(name), "" if value is None else plain(value), local is True)


def _schemas(env: Env, implicit: Value) -> Value:
    return (("pg_catalog",) if implicit else ()) + env.state.path


def _parse_identifier(env: Env, text: Value) -> Value:
    return objects.name_parts(plain(text))


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    **{f"to_{kind}": _to(kind) for kind in
       ("regclass", "regtype", "regproc", "regprocedure", "regrole", "regnamespace")},
    "pg_get_viewdef": _view,
    "pg_get_constraintdef": _constraint,
    "pg_get_indexdef": _index,
    "pg_get_functiondef": _whole_function,
    "pg_get_function_identity_arguments": _identity_arguments,
    "pg_get_function_arguments": _arguments,
    "pg_get_function_result": _result,
    "pg_get_expr": _expression,
    "pg_get_userbyid": _user,
    "pg_get_serial_sequence": _sequence,
    "format_type": _type,
    "oidvectortypes": _types,
    "obj_description": _comment,
    "col_description": _column_comment,
    "pg_table_is_visible": _visible,
    "pg_type_is_visible": _visible,
    "pg_function_is_visible": _visible,
    "has_table_privilege": _privilege(_relation_item),
    "has_any_column_privilege": _privilege(_relation_item, any_column=True),
    "has_sequence_privilege": _privilege(_relation_item),
    "has_function_privilege": _privilege(function),
    "has_schema_privilege": _privilege(_schema),
    "has_column_privilege": _column_privilege,
    "pg_has_role": _member,
    "current_setting": _setting,
    "set_config": _set_config,
    "current_schema": lambda env: next(iter(env.state.path), None),
    "current_schemas": _schemas,
    "current_database": lambda env: Opaque("postgres"),
    "version": lambda env: Opaque("PostgreSQL"),
    "parse_ident": _parse_identifier,
}  # fmt: skip
