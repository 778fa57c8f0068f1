"""What the names of an expression mean: columns of the rows in sight, then variables of the block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from policytool.catalog.build.plpgsql.values import NotKnown, Record, Value, known, unknown
from policytool.catalog.build.state import Refused, State

if TYPE_CHECKING:
    from policytool.catalog.build.plpgsql.rows import Rows

Node = dict[str, Any]


class Row(Protocol):
    """One row of something in FROM."""

    @property
    def names(self) -> Sequence[str]:
        """The names of its columns."""

    def get(self, name: str) -> Value:
        """A column; KeyError when there is none of that name."""


class Machine(Protocol):
    """Who runs the block: it has the variables, calls functions, and counts the steps."""

    @property
    def state(self) -> State:
        """The catalog so far."""

    @property
    def temporary(self) -> Mapping[str, Rows]:
        """The rows of temporary tables, where they are known."""

    def step(self) -> None:
        """Count one step; NotKnown when there were too many."""

    def variable(self, parts: Sequence[str]) -> Value:
        """A variable, or a field of one, by its dotted name; KeyError when there is none."""

    def names_variable(self, parts: Sequence[str]) -> bool:
        """Whether a dotted name means a variable."""

    def variable_type(self, parts: Sequence[str]) -> str | None:
        """The name of the type of a variable; None where there is no such variable, or it has no type of its own."""

    def parameter(self, number: int) -> Value:
        """$1 and so on; KeyError when there is none."""

    def call(self, schema: str | None, name: str, arguments: list[Value], named: Mapping[str, Value]) -> Value:
        """Call a function of the user; KeyError when there is none of that name."""

    def missing(self, sqlstate: str, message: str) -> None:
        """Something is named that is not there: always raises, Refused or NotKnown."""

    def set_config(self, name: str, value: str, local: bool) -> Value:
        """set_config()."""

    def ddl_commands(self) -> Sequence[Sequence[Value]]:
        """The rows of pg_event_trigger_ddl_commands()."""

    @property
    def conflict(self) -> str:
        """What a name means that both a column and a variable have: column, variable, or (error) neither."""


class Env:
    """The rows in sight of an expression, those of outer queries behind them."""

    __slots__ = ("ctes", "group", "machine", "parent", "sources")

    def __init__(
        self,
        machine: Machine,
        parent: Env | None = None,
        sources: Mapping[str, Row] | None = None,
        ctes: Mapping[str, Rows] | None = None,
        group: Sequence[Env] | None = None,
    ) -> None:
        self.machine = machine
        self.parent = parent
        self.sources: Mapping[str, Row] = sources if sources is not None else {}
        self.ctes: Mapping[str, Rows] = ctes if ctes is not None else (parent.ctes if parent is not None else {})
        self.group = group

    @property
    def state(self) -> State:
        return self.machine.state

    def column(self, parts: Sequence[str]) -> Value:
        """The value of a column or variable."""
        conflict = self.machine.conflict
        if conflict == "variable" and self.machine.names_variable(parts):
            return self._variable(parts)
        env: Env | None = self
        while env is not None:
            try:
                value = _among(env.sources, parts)
            except KeyError:
                env = env.parent
                continue
            if len(parts) == 1 and conflict == "error" and self.machine.names_variable(parts):
                raise Refused("42702", f'column reference "{parts[0]}" is ambiguous')
            return known(value)
        return self._variable(parts)

    def _variable(self, parts: Sequence[str]) -> Value:
        try:
            return known(self.machine.variable(parts))
        except KeyError:
            pass
        if len(parts) == 1:
            env: Env | None = self
            while env is not None:
                if parts[0] in env.sources:
                    return _whole(env.sources[parts[0]])
                env = env.parent
        # Names that mean nothing have been refused before; here only columns are left that nobody listed.
        raise NotKnown(f"the column {'.'.join(parts)}")


def _among(sources: Mapping[str, Row], parts: Sequence[str]) -> Value:
    if len(parts) == 1:
        found = [row for row in sources.values() if parts[0] in row.names]
        if len(found) > 1:
            raise Refused("42702", f'column reference "{parts[0]}" is ambiguous')
        if found:
            return found[0].get(parts[0])
        raise KeyError(parts[0])
    row = sources[parts[-2]]
    try:
        return row.get(parts[-1])
    except KeyError:
        raise NotKnown(f"the column {'.'.join(parts)}") from None


def _whole(row: Row) -> Record:
    values = []
    for name in row.names:
        try:
            values.append(row.get(name))
        except NotKnown as error:
            values.append(unknown(error))
    return Record(tuple(row.names), values)
