"""More facets than `oracle` has: routines, expressions, publications, foreign objects, comments on anything.

Expressions come as the server shows them and are put into canonical text with the names of the built state, so that
equal text means the same expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, LiteralString

from policytool.catalog.build.domains import check_text
from policytool.catalog.build.names import names_of
from policytool.catalog.build.rewrite import rule_definition
from policytool.catalog.build.routine_body import standard
from policytool.catalog.expression.canonical import canonical, canonical_query
from policytool.catalog.expression.names import Relation
from policytool.catalog.model import Function, Name
from policytool.syntax.raw import parse

if TYPE_CHECKING:
    from policytool.catalog.build.state import State
    from policytool.postgres.server import Connection

Facts = dict[str, Any]
Pairs = Iterator[tuple[str, Any]]

_USER: LiteralString = """
with schemas as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
relations as (select c.*, s.nspname, s.nspname || '.' || c.relname as identity
              from pg_class c join schemas s on s.oid = c.relnamespace),
routines as (
  select p.*, s.nspname, s.nspname || '.' || p.proname || '(' || (
    select coalesce(string_agg(format_type(u.t, null), ', ' order by u.n), '')
    from unnest(p.proargtypes::oid[]) with ordinality u(t, n)) || ')' as identity
  from pg_proc p join schemas s on s.oid = p.pronamespace
  where not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass
                    and d.deptype in ('e', 'i'))),
types as (select t.*, s.nspname || '.' || t.typname as identity from pg_type t join schemas s on s.oid = t.typnamespace)
"""

QUERIES: dict[str, LiteralString] = {
    "routines": """
select p.identity, jsonb_build_object(
  'returns', case when p.prokind = 'p' then null
             else case when p.proretset then 'SETOF ' else '' end || format_type(p.prorettype, null) end,
  'names', to_jsonb(p.proargnames), 'modes', to_jsonb(p.proargmodes::text[]),
  'types', (select coalesce(jsonb_agg(format_type(u.t, null) order by u.n), '[]') from
            unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality u(t, n)),
  'defaults', p.pronargdefaults, 'language', (select lanname from pg_language l where l.oid = p.prolang),
  'cost', p.procost, 'rows', p.prorows, 'kind', p.prokind, 'definer', p.prosecdef, 'settings', to_jsonb(p.proconfig),
  'strict', p.proisstrict, 'leakproof', p.proleakproof, 'volatility', p.provolatile, 'parallel', p.proparallel,
  'source', p.prosrc)
from routines p""",
    "event triggers": """
select evtname, jsonb_build_object('event', evtevent, 'tags', coalesce(to_jsonb(evttags), '[]'),
  'enabled', evtenabled, 'owner', pg_get_userbyid(evtowner)) from pg_event_trigger""",
    "publications": """
select p.pubname, jsonb_build_object('owner', pg_get_userbyid(p.pubowner), 'all', p.puballtables,
  'root', p.pubviaroot, 'insert', p.pubinsert, 'update', p.pubupdate, 'delete', p.pubdelete,
  'truncate', p.pubtruncate,
  'tables', (select coalesce(jsonb_agg(c.identity || coalesce('(' || (
      select string_agg(a.attname, ', ' order by u.n) from unnest(r.prattrs) with ordinality u(k, n)
      join pg_attribute a on a.attrelid = r.prrelid and a.attnum = u.k) || ')', '') ||
      case when r.prqual is null then '' else ' where' end order by c.identity), '[]')
    from pg_publication_rel r join relations c on c.oid = r.prrelid where r.prpubid = p.oid),
  'schemas', (select coalesce(jsonb_agg(s.nspname order by 1), '[]') from pg_publication_namespace n
              join schemas s on s.oid = n.pnnspid where n.pnpubid = p.oid))
from pg_publication p""",
    "wrappers": """
select fdwname, jsonb_build_object('options', coalesce(to_jsonb(fdwoptions), '[]'), 'handler', fdwhandler <> 0,
  'validator', fdwvalidator <> 0) from pg_foreign_data_wrapper""",
    "servers": """
select s.srvname, jsonb_build_object('type', s.srvtype, 'version', s.srvversion, 'wrapper', w.fdwname,
  'options', coalesce(to_jsonb(s.srvoptions), '[]'))
from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw""",
    "labels and attributes": """
select t.identity, jsonb_build_object(
  'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
  'attributes', (select jsonb_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) order by a.attnum)
    from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
  'subtype', (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid),
  'multirange', (select m.typname from pg_range r join pg_type m on m.oid = r.rngmultitypid where r.rngtypid = t.oid),
  'collation', case when t.typtype = 'd' then (
    select c.collname from pg_collation c join pg_type b on b.oid = t.typbasetype
    where c.oid = t.typcollation and t.typcollation <> b.typcollation) end)
from types t where t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and exists (
  select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))""",
    "others": """
select o.kind || ' ' || coalesce(s.nspname || '.', '') || o.name, '1'::jsonb from (
  select 'collation', 'pg_collation'::regclass, oid, collnamespace, collname::text from pg_collation
  union all select 'statistics', 'pg_statistic_ext'::regclass, oid, stxnamespace, stxname from pg_statistic_ext
  union all select 'text search configuration', 'pg_ts_config'::regclass, oid, cfgnamespace, cfgname from pg_ts_config
  union all select 'text search dictionary', 'pg_ts_dict'::regclass, oid, dictnamespace, dictname from pg_ts_dict
  union all select 'conversion', 'pg_conversion'::regclass, oid, connamespace, conname from pg_conversion
  union all select 'operator class', 'pg_opclass'::regclass, oid, opcnamespace, opcname from pg_opclass
  union all select 'operator family', 'pg_opfamily'::regclass, oid, opfnamespace, opfname from pg_opfamily
  union all select 'operator', 'pg_operator'::regclass, oid, oprnamespace, oprname || '('
    || coalesce(format_type(nullif(oprleft, 0), null), 'NONE') || ', ' || format_type(oprright, null) || ')'
    from pg_operator where oprcode <> 0
  union all select 'cast', 'pg_cast'::regclass, oid, null,
    '(' || format_type(castsource, null) || ' AS ' || format_type(casttarget, null) || ')' from pg_cast
  union all select 'user mapping', 'pg_user_mapping'::regclass, umid, null, 'FOR ' || usename || ' SERVER ' || srvname
    from pg_user_mappings) o (kind, class, oid, schema, name)
left join schemas s on s.oid = o.schema
where o.oid >= 16384 and (o.schema is null) = (s.oid is null) and not exists (
  select from pg_depend d where d.classid = o.class and d.objid = o.oid and d.deptype in ('e', 'i'))""",
    "object comments": """
select case d.classoid
    when 'pg_proc'::regclass then 'function ' || (select identity from routines p where p.oid = d.objoid)
    when 'pg_policy'::regclass then 'policy ' || (select polname from pg_policy p where p.oid = d.objoid)
    when 'pg_trigger'::regclass then 'trigger ' || (select tgname from pg_trigger p where p.oid = d.objoid)
    when 'pg_rewrite'::regclass then 'rule ' || (select rulename from pg_rewrite p where p.oid = d.objoid)
    when 'pg_constraint'::regclass then 'constraint ' || (select conname from pg_constraint p where p.oid = d.objoid)
    when 'pg_type'::regclass then 'type ' || (select identity from types t where t.oid = d.objoid)
    when 'pg_namespace'::regclass then 'schema ' || (select nspname from schemas p where p.oid = d.objoid)
    when 'pg_publication'::regclass then 'publication ' || (select pubname from pg_publication p where p.oid = d.objoid)
    when 'pg_event_trigger'::regclass then 'event trigger ' || (
      select evtname from pg_event_trigger p where p.oid = d.objoid)
    when 'pg_foreign_server'::regclass then 'server ' || (
      select srvname from pg_foreign_server p where p.oid = d.objoid)
    when 'pg_collation'::regclass then 'collation ' || (select collname from pg_collation p where p.oid = d.objoid)
    when 'pg_cast'::regclass then 'cast' when 'pg_operator'::regclass then 'operator'
    when 'pg_statistic_ext'::regclass then 'statistics ' || (
      select stxname from pg_statistic_ext p where p.oid = d.objoid)
  end, to_jsonb(d.description)
from pg_description d where d.objoid >= 16384 and d.classoid <> 'pg_class'::regclass""",
    "policy expressions": """
select p.polname, jsonb_build_object('relation', jsonb_build_array(r.nspname, r.relname),
  'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy p join relations r on r.oid = p.polrelid""",
    "trigger conditions": """
select r.identity || '.' || t.tgname, jsonb_build_object('relation', jsonb_build_array(r.nspname, r.relname),
  'definition', pg_get_triggerdef(t.oid), 'arguments', encode(t.tgargs, 'escape'),
  'old', t.tgoldtable, 'new', t.tgnewtable)
from pg_trigger t join relations r on r.oid = t.tgrelid
where not t.tgisinternal or t.tgparentid <> 0 and not exists (
  select from pg_constraint k where k.oid = t.tgconstraint and k.contype = 'f')""",
    "view definitions": """
select r.identity, to_jsonb(pg_get_viewdef(r.oid)) from relations r where r.relkind in ('v', 'm')""",
    "rule definitions": """
select r.identity || '.' || w.rulename, jsonb_build_object('relation', jsonb_build_array(r.nspname, r.relname),
  'definition', pg_get_ruledef(w.oid))
from pg_rewrite w join relations r on r.oid = w.ev_class where w.rulename <> '_RETURN'""",
    "domain expressions": """
select t.identity, jsonb_build_object('default', pg_get_expr(t.typdefaultbin, 0),
  'checks', (select coalesce(jsonb_object_agg(k.conname, pg_get_constraintdef(k.oid)), '{}') from pg_constraint k
             where k.contypid = t.oid and k.contype = 'c'))
from types t where t.typtype = 'd'""",
    "standard bodies": """
select p.identity, to_jsonb(pg_get_function_sqlbody(p.oid)) from routines p where p.prosqlbody is not null""",
    "argument defaults": """
select p.identity, to_jsonb(pg_get_function_arguments(p.oid)) from routines p where p.pronargdefaults > 0""",
}


def details(connection: Connection, state: State) -> tuple[dict[str, Facts], dict[str, Facts]]:
    """What the server has and what the state says, facet by facet."""
    connection.execute("reset role; reset session authorization; set search_path to ''")
    observed: dict[str, Facts] = {}
    predicted: dict[str, Facts] = {}
    for facet, query in QUERIES.items():
        rows = connection.execute(_USER + query).fetchall()
        observed[facet] = {key: _READ.get(facet, _as_is)(state, key, value) for key, value in rows}
        predicted[facet] = dict(_SAID[facet](state))
    return observed, predicted


# --- what the server shows, in canonical text -----------------------------------------------------------------------


def _as_is(_: State, key: str, value: Any) -> Any:
    return value


def _expression(state: State, text: str | None, *, table: Name | None = None, extra: tuple[Relation, ...] = ()) -> Any:
    if text is None:
        return None
    node = parse(f"select {text}")[0].stmt["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    return canonical(node, names_of(state), table, extra=extra, expected="boolean")


def _changed_rows(state: State, relation: Name) -> tuple[Relation, ...]:
    found = names_of(state).relation(*relation)
    columns = found.columns if found is not None else ()
    return (Relation("", "new", columns), Relation("", "old", columns))


def _policy(state: State, key: str, value: Any) -> Any:
    table = tuple(value["relation"])
    return {part: _expression(state, value[part], table=table) for part in ("using", "check")}


def _trigger(state: State, key: str, value: Any) -> Any:
    node = parse(value["definition"])[0].stmt["CreateTrigStmt"]
    extra = _changed_rows(state, tuple(value["relation"]))
    when = node.get("whenClause")
    spelled = canonical(when, names_of(state), extra=extra, expected="boolean") if when else None
    return {"when": spelled, "arguments": value["arguments"], "old": value["old"], "new": value["new"]}


def _view(state: State, key: str, value: Any) -> Any:
    return canonical_query(parse(value)[0].stmt, names_of(state))


def _rule(state: State, key: str, value: Any) -> Any:
    extra = _changed_rows(state, tuple(value["relation"]))
    return rule_definition(parse(value["definition"])[0].stmt["RuleStmt"], names_of(state), extra[0].columns)


def _domain(state: State, key: str, value: Any) -> Any:
    kind = next(d.type for d in state.domains.values() if _dotted(d) == key)
    checks = {}
    for name, definition in value["checks"].items():
        node = parse(f"create domain d as int {definition}")[0].stmt["CreateDomainStmt"]["constraints"][0]
        checks[name] = check_text(node["Constraint"]["raw_expr"], names_of(state), kind)
    default = value["default"]
    if default is not None:
        node = parse(f"select {default}")[0].stmt["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
        default = canonical(node, names_of(state), expected=kind)
    return {"default": default, "checks": checks}


def _body(state: State, key: str, value: Any) -> Any:
    function = next(f for f in state.functions.values() if _identity(f) == key)
    returns = "trigger" if function.returns == "trigger" else "int"
    node = parse(f"create function f() returns {returns} {value}")[0].stmt["CreateFunctionStmt"]
    return standard(node["sql_body"], names_of(state), function)


def _defaults(state: State, key: str, value: Any) -> Any:
    function = next(f for f in state.functions.values() if _identity(f) == key)
    parameters = parse(f"create procedure f({value}) as ''")[0].stmt["CreateFunctionStmt"]["parameters"]
    found = []
    inputs = [a for a in function.arguments if a.mode != "TABLE"]
    for argument, parameter in zip(inputs, parameters, strict=True):
        node = parameter["FunctionParameter"].get("defexpr")
        if node is not None:
            found.append(canonical(node, names_of(state), expected=argument.type))
    return found


_READ: dict[str, Callable[[State, str, Any], Any]] = {
    "policy expressions": _policy,
    "trigger conditions": _trigger,
    "view definitions": _view,
    "rule definitions": _rule,
    "domain expressions": _domain,
    "standard bodies": _body,
    "argument defaults": _defaults,
}


# --- what the state says --------------------------------------------------------------------------------------------


def _own(items: Any) -> Iterator[Any]:
    return (item for item in items.values() if item.origin is None)


def _dotted(item: Any) -> str:
    return f"{item.schema}.{item.name}"


def _identity(function: Function) -> str:
    schema, name, types = function.signature
    return f"{schema}.{name}({', '.join(types)})"


_MODES = {"IN": "i", "OUT": "o", "INOUT": "b", "VARIADIC": "v", "TABLE": "t"}


def _routines(state: State) -> Pairs:
    for function in _own(state.functions):
        arguments = function.arguments
        plain = all(a.mode == "IN" for a in arguments)
        named = any(a.name is not None for a in arguments)
        fast = function.language in ("c", "internal")
        setof = (function.returns or "").startswith("SETOF")
        yield (
            _identity(function),
            {
                "returns": function.returns,
                "names": [a.name or "" for a in arguments] if named else None,
                "modes": None if plain else [_MODES[a.mode] for a in arguments],
                "types": [a.type for a in arguments],
                "defaults": sum(a.default is not None for a in arguments),
                "language": function.language,
                "cost": function.cost if function.cost is not None else (1 if fast else 100),
                "rows": function.rows if function.rows is not None else (1000 if setof else 0),
                "kind": {"function": "f", "procedure": "p", "aggregate": "a", "window": "w"}[function.kind],
                "definer": function.security_definer,
                "settings": list(function.settings) or None,
                "strict": function.strict,
                "leakproof": function.leakproof,
                "volatility": function.volatility[0].lower(),
                "parallel": function.parallel[0].lower(),
                "source": "" if function.atomic else function.body,
            },
        )


def _event_triggers(state: State) -> Pairs:
    for trigger in _own(state.event_triggers):
        yield (
            trigger.name,
            {
                "event": trigger.event,
                "tags": list(trigger.tags),
                "enabled": trigger.enabled[0],
                "owner": trigger.owner,
            },
        )


def _publications(state: State) -> Pairs:
    for publication in _own(state.publications):
        tables = []
        for member in publication.tables:
            columns = f"({', '.join(member.columns)})" if member.columns else ""
            tables.append(f"{member.schema}.{member.table}{columns}{' where' if member.where else ''}")
        actions = {action: action in publication.publish for action in ("insert", "update", "delete", "truncate")}
        yield (
            publication.name,
            {
                "owner": publication.owner,
                "all": publication.all_tables,
                "root": publication.via_root,
                "tables": sorted(tables),
                "schemas": sorted(publication.schemas),
                **actions,
            },
        )


def _wrappers(state: State) -> Pairs:
    for wrapper in _own(state.wrappers):
        yield (
            wrapper.name,
            {
                "options": list(wrapper.options),
                "handler": wrapper.handler is not None,
                "validator": wrapper.validator is not None,
            },
        )


def _servers(state: State) -> Pairs:
    for server in _own(state.servers):
        options = list(server.options)
        yield (
            server.name,
            {"type": server.type, "version": server.version, "wrapper": server.wrapper, "options": options},
        )


def _types(state: State) -> Pairs:
    empty = {"labels": None, "attributes": None, "subtype": None, "multirange": None, "collation": None}
    for enum in _own(state.enums):
        yield _dotted(enum), {**empty, "labels": list(enum.labels) or None}
    for composite in _own(state.composites):
        yield _dotted(composite), {**empty, "attributes": [f"{c.name} {c.type}" for c in composite.columns] or None}
    for kind in _own(state.ranges):
        yield _dotted(kind), {**empty, "subtype": kind.subtype, "multirange": kind.multirange}
    for domain in _own(state.domains):
        yield _dotted(domain), {**empty, "collation": domain.collation.strip('"') if domain.collation else None}


def _others(state: State) -> Pairs:
    left_out = ("language", "access method", "tablespace", "subscription", "transform")
    for other in _own(state.others):
        if other.kind not in left_out:
            yield f"{other.kind} {other.schema + '.' if other.schema else ''}{other.name}", 1


def _comments(state: State) -> Pairs:
    for function in _own(state.functions):
        yield f"function {_identity(function)}", function.comment
    for store in (state.tables, state.views, state.domains):
        for item in _own(store):
            for field, noun in _PARTS.items():
                for part in getattr(item, field, ()):
                    yield f"{noun} {part.name}", part.comment
    stores: tuple[Any, ...] = (state.enums, state.domains, state.composites, state.ranges, state.base_types)
    for store in stores:
        for item in _own(store):
            yield f"type {_dotted(item)}", item.comment
    for noun, named in (
        ("schema", state.schemas),
        ("publication", state.publications),
        ("event trigger", state.event_triggers),
        ("server", state.servers),
    ):
        for item in _own(named):
            yield f"{noun} {item.name}", item.comment
    for other in _own(state.others):
        plain = other.kind in ("cast", "operator")
        yield other.kind if plain else f"{other.kind} {other.name}", other.comment


_PARTS = {"policies": "policy", "triggers": "trigger", "rules": "rule", "constraints": "constraint"}


def _said(state: State) -> Pairs:
    return ((key, text) for key, text in _comments(state) if text is not None)


def _policy_expressions(state: State) -> Pairs:
    for table in _own(state.tables):
        for policy in table.policies:
            yield policy.name, {"using": policy.using, "check": policy.with_check}


def _trigger_conditions(state: State) -> Pairs:
    for store in (state.tables, state.views):
        for item in _own(store):
            for trigger in item.triggers:
                facts = {"when": trigger.when, "old": trigger.old_table, "new": trigger.new_table}
                facts["arguments"] = "".join(f"{argument}\\000" for argument in trigger.arguments)
                yield f"{_dotted(item)}.{trigger.name}", facts


def _view_definitions(state: State) -> Pairs:
    for view in _own(state.views):
        if view.schema != "pg_temp":
            yield _dotted(view), view.definition


def _rule_definitions(state: State) -> Pairs:
    for store in (state.tables, state.views):
        for item in _own(store):
            for rule in item.rules:
                yield f"{_dotted(item)}.{rule.name}", rule.definition


def _domain_expressions(state: State) -> Pairs:
    for domain in _own(state.domains):
        checks = {constraint.name: constraint.expression for constraint in domain.constraints}
        yield _dotted(domain), {"default": domain.default, "checks": checks}


def _standard_bodies(state: State) -> Pairs:
    for function in _own(state.functions):
        if function.atomic:
            yield _identity(function), function.body


def _argument_defaults(state: State) -> Pairs:
    for function in _own(state.functions):
        given = [a.default for a in function.arguments if a.default is not None]
        if given:
            yield _identity(function), given


_SAID: dict[str, Callable[[State], Pairs]] = {
    "routines": _routines,
    "event triggers": _event_triggers,
    "publications": _publications,
    "wrappers": _wrappers,
    "servers": _servers,
    "labels and attributes": _types,
    "others": _others,
    "object comments": _said,
    "policy expressions": _policy_expressions,
    "trigger conditions": _trigger_conditions,
    "view definitions": _view_definitions,
    "rule definitions": _rule_definitions,
    "domain expressions": _domain_expressions,
    "standard bodies": _standard_bodies,
    "argument defaults": _argument_defaults,
}
