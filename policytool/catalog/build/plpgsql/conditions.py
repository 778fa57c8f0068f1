"""The names of errors that EXCEPTION and RAISE use (manual, appendix A)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_NAMES: Final = """
    no_data 02000 connection_exception 08000 feature_not_supported 0A000 invalid_grantor 0L000
    invalid_grant_operation 0LP01 invalid_role_specification 0P000 case_not_found 20000 cardinality_violation 21000
    data_exception 22000 array_subscript_error 2202E datetime_field_overflow 22008 division_by_zero 22012
    invalid_datetime_format 22007 invalid_parameter_value 22023 invalid_regular_expression 2201B
    null_value_not_allowed 22004 numeric_value_out_of_range 22003 string_data_right_truncation 22001
    invalid_text_representation 22P02 bad_copy_file_format 22P04 untranslatable_character 22P05
    integrity_constraint_violation 23000 restrict_violation 23001 not_null_violation 23502 foreign_key_violation 23503
    unique_violation 23505 check_violation 23514 exclusion_violation 23P01 invalid_cursor_state 24000
    invalid_transaction_state 25000 active_sql_transaction 25001 invalid_authorization_specification 28000
    dependent_privilege_descriptors_still_exist 2B000 dependent_objects_still_exist 2BP01
    external_routine_exception 38000 invalid_catalog_name 3D000 invalid_schema_name 3F000 transaction_rollback 40000
    serialization_failure 40001 deadlock_detected 40P01 syntax_error_or_access_rule_violation 42000 syntax_error 42601
    insufficient_privilege 42501 cannot_coerce 42846 grouping_error 42803 invalid_foreign_key 42830 invalid_name 42602
    name_too_long 42622 reserved_name 42939 datatype_mismatch 42804 indeterminate_datatype 42P18
    wrong_object_type 42809 generated_always 428C9 undefined_column 42703 undefined_function 42883 undefined_table 42P01
    undefined_parameter 42P02 undefined_object 42704 duplicate_column 42701 duplicate_cursor 42P03
    duplicate_database 42P04 duplicate_function 42723 duplicate_prepared_statement 42P05 duplicate_schema 42P06
    duplicate_table 42P07 duplicate_alias 42712 duplicate_object 42710 ambiguous_column 42702 ambiguous_function 42725
    ambiguous_parameter 42P08 ambiguous_alias 42P09 invalid_column_reference 42P10 invalid_column_definition 42611
    invalid_cursor_definition 42P11 invalid_database_definition 42P12 invalid_function_definition 42P13
    invalid_schema_definition 42P15 invalid_table_definition 42P16 invalid_object_definition 42P17
    with_check_option_violation 44000 insufficient_resources 53000 program_limit_exceeded 54000
    object_not_in_prerequisite_state 55000 object_in_use 55006 cant_change_runtime_param 55P02 lock_not_available 55P03
    operator_intervention 57000 query_canceled 57014 system_error 58000 plpgsql_error P0000 raise_exception P0001
    no_data_found P0002 too_many_rows P0003 assert_failure P0004 internal_error XX000
"""
_WORDS: Final = _NAMES.split()
CODES: Final = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def sqlstate(name: str) -> str | None:
    """The SQLSTATE of a condition's name; a code stands for itself."""
    if name in CODES:
        return CODES[name]
    return name if len(name) == 5 and name.isalnum() and name == name.upper() else None


def catches(names: Iterable[str], code: str) -> bool:
    """Whether one of the conditions of a handler covers an error; a code that ends in 000 covers its class."""
    for name in names:
        if name == "others":
            if code not in ("57014", "P0004"):
                return True
            continue
        wanted = sqlstate(name)
        if wanted == code or (wanted is not None and wanted.endswith("000") and code.startswith(wanted[:2])):
            return True
    return False
