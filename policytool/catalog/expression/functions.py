"""What the built-in functions return, as far as migrations use them in policies, defaults, indexes and views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from policytool.catalog.expression.kinds import array_of, base, element

Types = Sequence[str | None]

_BY_RESULT: Final = {
    "text": """initcap btrim ltrim rtrim trim lpad rpad left right repeat replace reverse split_part substr
        translate md5 concat concat_ws format quote_ident quote_literal quote_nullable to_char regexp_replace
        regexp_substr array_to_string string_agg current_setting set_config chr to_hex encode obj_description
        col_description format_type pg_get_expr pg_get_viewdef version current_query host abbrev
        jsonb_extract_path_text json_extract_path_text jsonb_typeof json_typeof jsonb_pretty jsonb_array_elements_text
        json_array_elements_text jsonb_object_keys json_object_keys regexp_split_to_table string_to_table normalize
        pg_get_serial_sequence unistr overlay like_escape similar_to_escape""",
    "integer": """length char_length character_length octet_length bit_length ascii position strpos array_length
        array_ndims array_lower array_upper cardinality jsonb_array_length json_array_length num_nulls num_nonnulls
        pg_backend_pid array_position regexp_count regexp_instr masklen hashtext family width_bucket""",
    "bigint": """count row_number rank dense_rank nextval currval setval lastval pg_relation_size txid_current
        pg_total_relation_size pg_database_size hashtextextended""",
    "boolean": """bool_and bool_or every starts_with pg_has_role has_table_privilege has_schema_privilege
        has_function_privilege isfinite jsonb_exists jsonb_path_exists jsonb_path_match isempty xmlexists
        array_contains regexp_like pg_try_advisory_lock pg_try_advisory_xact_lock overlaps is_normalized
        row_security_active""",
    "timestamp with time zone": """now transaction_timestamp statement_timestamp clock_timestamp to_timestamp
        make_timestamptz""",
    "timestamp without time zone": "make_timestamp",
    "date": "to_date make_date date",
    "time without time zone": "make_time",
    "interval": "age make_interval justify_days justify_hours justify_interval",
    "uuid": "gen_random_uuid uuidv4 uuidv7",
    "jsonb": """to_jsonb jsonb_build_object jsonb_build_array jsonb_agg jsonb_object_agg jsonb_set jsonb_insert
        jsonb_strip_nulls jsonb_object jsonb_extract_path jsonb_path_query jsonb_path_query_first jsonb_set_lax
        jsonb_path_query_array jsonb_array_elements""",
    "json": """to_json json_build_object json_build_array json_agg json_object_agg row_to_json array_to_json
        json_object json_extract_path json_array_elements json_strip_nulls""",
    "double precision": """random date_part sqrt exp ln log power pow cbrt degrees radians sin cos tan atan atan2
        percent_rank cume_dist percentile_cont pi""",
    "real": "ts_rank ts_rank_cd",
    "numeric": "extract to_number factorial",
    "name": "current_schema current_database current_catalog",
    "text[]": "string_to_array regexp_split_to_array regexp_match regexp_matches parse_ident tsvector_to_array",
    "name[]": "current_schemas",
    "tsvector": "to_tsvector setweight strip array_to_tsvector",
    "tsquery": "to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery",
    "bytea": "decode sha256 sha224 sha384 sha512 convert_to",
    "regclass": "to_regclass",
    "regtype": "pg_typeof",
    "inet": "inet_client_addr inet_server_addr",
    "tstzrange": "tstzrange",
    "tsrange": "tsrange",
    "daterange": "daterange",
    "int4range": "int4range",
    "int8range": "int8range",
    "numrange": "numrange",
}
_RESULTS: Final = {name: result for result, names in _BY_RESULT.items() for name in names.split()}
# Functions whose arguments may be of any type, so that a cast of a constant says something.
ANY_TYPE: Final = frozenset(
    """to_json to_jsonb jsonb_build_object json_build_object jsonb_build_array json_build_array concat concat_ws format
    num_nulls num_nonnulls pg_typeof array_append array_prepend array_remove array_replace array_position
    array_positions array_agg jsonb_agg json_agg jsonb_object_agg json_object_agg row_to_json array_cat count
    quote_literal quote_nullable max min unnest lag lead first_value last_value any_value array_fill
    generate_series""".split()  # noqa: SIM905
)
# Functions on numbers that have no variant for whole ones: these are cast first.
FRACTIONAL: Final = frozenset(
    """round trunc ceil ceiling floor sqrt cbrt exp ln log power pow degrees radians sin cos tan atan atan2 to_timestamp
    width_bucket make_interval random setseed pg_sleep percentile_cont""".split()  # noqa: SIM905
)
# The types of arguments whose constants Postgres would spell anew.
ARGUMENTS: Final[dict[str, tuple[str | None, ...]]] = {
    "jsonb_set": (None, "text[]", "jsonb", None),
    "jsonb_insert": (None, "text[]", "jsonb", None),
    "jsonb_set_lax": (None, "text[]", "jsonb", None),
    "jsonb_array_elements": ("jsonb",),
    "jsonb_array_elements_text": ("jsonb",),
    "jsonb_array_length": ("jsonb",),
    "jsonb_strip_nulls": ("jsonb",),
    "jsonb_pretty": ("jsonb",),
    **dict.fromkeys(
        (
            "jsonb_path_exists",
            "jsonb_path_match",
            "jsonb_path_query",
            "jsonb_path_query_array",
            "jsonb_path_query_first",
        ),
        ("jsonb", "jsonpath", "jsonb"),
    ),
}
# The functions whose first argument names a table or sequence.
OF_RELATION: Final = frozenset(("nextval", "currval", "setval"))
# The columns of functions that return rows; those not here have one, called after the function or its alias.
COLUMNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "jsonb_each": (("key", "text"), ("value", "jsonb")),
    "json_each": (("key", "text"), ("value", "json")),
    "jsonb_each_text": (("key", "text"), ("value", "text")),
    "json_each_text": (("key", "text"), ("value", "text")),
    "jsonb_array_elements": (("value", "jsonb"),),
    "json_array_elements": (("value", "json"),),
    "jsonb_array_elements_text": (("value", "text"),),
    "json_array_elements_text": (("value", "text"),),
    "pg_options_to_table": (("option_name", "text"), ("option_value", "text")),
    "ts_stat": (("word", "text"), ("ndoc", "integer"), ("nentry", "integer")),
}
_SUMS: Final = {
    "smallint": "bigint",
    "integer": "bigint",
    "bigint": "numeric",
    "numeric": "numeric",
    "real": "real",
    "double precision": "double precision",
    "interval": "interval",
    "money": "money",
}
_RANGES: Final = {
    "int4": "integer",
    "int8": "bigint",
    "num": "numeric",
    "ts": "timestamp without time zone",
    "tstz": "timestamp with time zone",
    "date": "date",
}
_SUBTYPES: Final = {f"{name}{kind}": own for name, own in _RANGES.items() for kind in ("range", "multirange")}
_AVERAGES: Final = {"real": "double precision", "double precision": "double precision", "interval": "interval"}


def is_built_in(name: str) -> bool:
    """Whether pg_catalog has a function of that name. The list is not complete."""
    return name in _RESULTS or name in _RULES or name in ANY_TYPE or name in FRACTIONAL


def result(name: str, types: Types) -> str | None:
    """The type that a built-in function returns for arguments of these types; None where this module cannot tell."""
    fixed = _RESULTS.get(name)
    if fixed is not None:
        return fixed
    rule = _RULES.get(name)
    return rule(types) if rule is not None and types else None


def _first(types: Types) -> str | None:
    return base(types[0]) if types[0] is not None else None


def _last(types: Types) -> str | None:
    return base(types[-1]) if types[-1] is not None else None


def _fraction(types: Types) -> str | None:
    first = _first(types)
    if first is None or first == "numeric" or len(types) > 1:
        return "numeric"
    return "double precision"


def _bound(types: Types) -> str | None:
    """What lower() and upper() give of a text or of a range."""
    first = _first(types)
    return _SUBTYPES.get(first or "", None if first is not None and first.endswith("range") else "text")


def _timezone(types: Types) -> str | None:
    swap = {
        "timestamp with time zone": "timestamp without time zone",
        "timestamp without time zone": "timestamp with time zone",
    }
    return swap.get(_last(types) or "")


def _date_trunc(types: Types) -> str | None:
    second = base(types[1]) if len(types) > 1 and types[1] is not None else None
    return "timestamp with time zone" if second == "date" else second


def _series(types: Types) -> str | None:
    first = _first(types)
    return "timestamp with time zone" if first == "date" else first


def _average(types: Types) -> str | None:
    first = _first(types)
    return None if first is None else _AVERAGES.get(first, "numeric")


_RULES: Final[dict[str, Callable[[Types], str | None]]] = {
    **dict.fromkeys(
        ("max", "min", "abs", "lag", "lead", "first_value", "last_value", "nth_value", "any_value"), _first
    ),
    **dict.fromkeys(("array_append", "array_remove", "array_replace", "array_cat", "mod"), _first),
    **dict.fromkeys(("array_prepend",), _last),
    **dict.fromkeys(("round", "trunc", "ceil", "ceiling", "floor"), _fraction),
    **dict.fromkeys(("lower", "upper"), _bound),
    "sum": lambda types: _SUMS.get(_first(types) or ""),
    "avg": _average,
    "generate_series": _series,
    "array_agg": lambda types: array_of(_first(types)),
    "unnest": lambda types: element(_first(types)),
    "timezone": _timezone,
    "date_trunc": _date_trunc,
    "substring": lambda types: "bytea" if _first(types) == "bytea" else "text",
}
