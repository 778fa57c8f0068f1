"""The machine that runs a body on the state: variables, conditions, statements, records of what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import dispatch
from policytool.catalog.build.plpgsql import conditions, expression, places, query, routines
from policytool.catalog.build.plpgsql.assignment import Assignment
from policytool.catalog.build.plpgsql.budget import Budget, Exhausted, Meter, keep
from policytool.catalog.build.plpgsql.checks import Names
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.frame import Frame
from policytool.catalog.build.plpgsql.parsing import expression_of, query_of
from policytool.catalog.build.plpgsql.places import Places
from policytool.catalog.build.plpgsql.rows import Rows
from policytool.catalog.build.plpgsql.values import NotKnown, Unknown, Value
from policytool.catalog.build.settings import set_value, split_identifiers
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.syntax.location import Location
from policytool.syntax.statement import Statement

Node = dict[str, Any]
DEPTH: Final = 24


@dataclass(frozen=True, slots=True)
class Signal:
    """Why a list of statements ended early: exit, continue, return, or a doubt whether it goes on."""

    kind: str
    label: str | None = None
    value: Value = None
    reason: str = ""


class Machine(Assignment):
    """Runs one block or one called function, and the functions that it calls."""

    def __init__(self, state: State, budget: Budget, kind: str = "do block", where: Places | None = None) -> None:
        self._state = state
        self.meter = Meter(budget)
        self.kind = kind
        self.places = where
        self.frame = Frame()
        self.line = 1
        self.depth = 0
        self.doubtful = False  # something was left out, so that what follows may be refused for no good reason
        self.catchers: list[Sequence[str]] = []
        self.caught: list[Refused] = []
        self.event: Mapping[str, str] = {}  # TG_TAG and TG_EVENT of an event trigger
        self.temporary: dict[str, Rows] = {}  # rows of temporary tables made from what is known
        self.commands: Sequence[Sequence[Value]] = ()
        self._said: set[str] = set()  # one doubt for each line is enough

    # --- what expressions ask for -----------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The catalog so far."""
        return self._state

    @property
    def conflict(self) -> str:
        """What a name means that both a column and a variable have."""
        return self.frame.conflict

    def step(self) -> None:
        """Count one row of a query."""
        self.meter.row()

    def count(self) -> None:
        """Count one statement."""
        self.meter.statement()

    def variable(self, parts: Sequence[str]) -> Value:
        """A variable by its dotted name; KeyError when there is none."""
        return self.frame.get(parts)

    def names_variable(self, parts: Sequence[str]) -> bool:
        """Whether a dotted name means a variable, or a field of one."""
        return self.frame.has(parts)

    def variable_type(self, parts: Sequence[str]) -> str | None:
        """The name of the type of a variable."""
        try:
            return self.frame.type_of(self.frame.number(parts[-1]))
        except KeyError:
            return None

    def parameter(self, number: int) -> Value:
        """$1 and so on."""
        if not 0 < number <= len(self.frame.parameters):
            raise KeyError(number)
        return self.frame.parameters[number - 1]

    def call(self, schema: str | None, name: str, arguments: list[Value], named: Mapping[str, Value]) -> Value:
        """Call a function of the user."""
        return routines.call(self, schema, name, arguments, named)

    def set_config(self, name: str, value: str, local: bool) -> Value:
        """set_config()."""
        wanted = split_identifiers(value) if name.lower() == "search_path" else (value,)
        set_value(self._state, name.lower(), wanted, local=local)
        return value

    def missing(self, sqlstate: str, message: str) -> None:
        """Something that no migration made is named: an error where the block is ready for it."""
        if self.catching(sqlstate):
            raise Refused(sqlstate, message)
        raise NotKnown(f"{message}, as far as the migrations go")

    def ddl_commands(self) -> Sequence[Sequence[Value]]:
        """The rows of pg_event_trigger_ddl_commands()."""
        return self.commands

    # --- expressions ------------------------------------------------------------------------------------------------

    def evaluate(self, holder: Node) -> Value:
        """The value of a PLpgSQL_expr."""
        body = holder["PLpgSQL_expr"]
        node = query_of(body["query"], body.get("parseMode", 0))
        with self._understood():
            Names(self).query(node)
            if "fromClause" not in node and "whereClause" not in node and len(node.get("targetList", ())) == 1:
                return expression.evaluate(node["targetList"][0]["ResTarget"]["val"], Env(self))
            return query.run(node, Env(self)).scalar()

    def holds(self, holder: Node) -> bool:
        """Whether a condition holds."""
        body = holder["PLpgSQL_expr"]
        node = expression_of(body["query"])
        if node is None:
            return self.evaluate(holder) is True
        with self._understood():
            Names(self).query({"targetList": [{"ResTarget": {"val": node}}]})
            return expression.truth(node, Env(self))

    def rows(self, node: Node) -> Rows:
        """The rows of a SelectStmt."""
        with self._understood():
            Names(self).query(node)
            return query.run(node, Env(self))

    def exists(self, node: Node) -> bool:
        """Whether a SelectStmt gives any row."""
        with self._understood():
            Names(self).query(node)
            return query.exists(node, Env(self))

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Evaluate: a shape that nobody foresaw is not known, and what is assumed is missing where that is handled."""
        mark = self._state.savepoint() if self.catchers else None
        noted = len(self._state.unmodelled)
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise NotKnown(f"an expression that is not understood ({type(error).__name__})") from error
        if mark is not None:
            self._check_assumptions(mark, noted)

    # --- statements -------------------------------------------------------------------------------------------------

    def run(self, statements: Sequence[Node]) -> Signal | None:
        """Run statements until one of them ends the list."""
        from policytool.catalog.build.plpgsql import effects
        from policytool.catalog.build.plpgsql import statements as handlers

        for position, statement in enumerate(statements):
            kind, body = next(iter(statement.items()))
            self.line = body.get("lineno", self.line)
            self.count()
            handler = handlers.HANDLERS.get(kind)
            if handler is None:
                self.report(f"{kind.removeprefix('PLpgSQL_stmt_')} is not understood")
                continue
            signal = self._guarded(handler, body)
            if signal is not None:
                if signal.kind == "doubt":
                    rest = effects.of(self, statements[position + 1 :])
                    if rest.changes:
                        self.report(f"whether this runs is not known: {signal.reason}", line=rest.line)
                    self.forget(rest.assigned)
                return signal
        return None

    def _guarded(self, handler: Any, body: Node) -> Signal | None:
        line = self.line
        try:
            signal: Signal | None = handler(self, body)
            return signal
        except NotKnown as error:
            self.report(error.reason, line=line)
        except Refused as error:
            if not self.doubtful or self.catching(error.sqlstate):
                raise
            self.report(f"Postgres would refuse this, as far as the block is understood: {error.message}", line=line)
        return None

    def ddl(self, kind: str, node: Node, sql: str, *, dynamic: bool = False) -> None:
        """Fold a statement of the block, with its own place where it has one."""
        state = self._state
        here = self.places.statement_at(self.line, sql, kind, node) if self.places is not None and not dynamic else None
        there = here or self.line_statement()
        mark, noted = state.savepoint(), len(state.unmodelled)
        try:
            with places.at(state, there, dynamic=here is None):
                dispatch.execute(state, kind, node)
        except Refused:
            self.rollback(mark, noted)
            raise
        except NotModelled as error:
            self.report(error.message, security=error.security)
        self.doubtful = self.doubtful or any(record.kind != "assumed" for record in state.unmodelled[noted:])
        self._check_assumptions(mark, noted)

    def line_statement(self) -> Statement | None:
        """The running statement, placed at the line of the body where it is."""
        if self.places is None or self._state.statement is None:
            return self._state.statement
        return replace(self._state.statement, location=self.places.line(self.line))

    def _check_assumptions(self, mark: Any, noted: int) -> None:
        """What is assumed elsewhere is missing where the block has a handler for the error."""
        for record in self._state.unmodelled[noted:]:
            if record.kind == "assumed":
                word = record.message.partition(" ")[0]
                code = {"table": "42P01", "function": "42883", "schema": "3F000"}.get(word, "42704")
                if self.catching(code):
                    message = record.message.partition(" is assumed")[0]
                    self.rollback(mark, noted)
                    raise Refused(code, f"{message} does not exist")

    def rollback(self, mark: Any, noted: int) -> None:
        """Undo what was folded since a mark, and what was said about it."""
        self._state.rollback(mark)
        del self._state.unmodelled[noted:]
        keep(self._state, self.meter.budget)

    def catching(self, code: str) -> bool:
        """Whether a handler around the running statement covers an error."""
        return any(conditions.catches(names, code) for names in self.catchers)

    # --- what is not known ------------------------------------------------------------------------------------------

    def forget(self, numbers: Mapping[int, None] | Sequence[int], reason: str = "a branch that may have run") -> None:
        """Take variables to be unknown."""
        for number in numbers:
            self.frame.values[number] = Unknown(reason)

    def report(self, message: str, *, line: int | None = None, security: bool = True) -> None:
        """Record that something of the body is not in the model."""
        line = line if line is not None else self.line
        self.doubtful = True
        where = self._where(line) if self.places is not None or self.frame.function else ""
        if where not in self._said:
            self._said.add(where)
            self._state.record(
                f"{where}: {message}" if where else message,
                kind=self.kind,
                location=self._location(line),
                security=security,
            )

    def _where(self, line: int) -> str:
        inside = f"in function {self.frame.function}, " if self.frame.function else ""
        return f"{inside}line {line}"

    def _location(self, line: int) -> Location | None:
        if self.places is None or self._state.origin is not None:
            return None
        return self.places.line(line)

    @contextmanager
    def inside(self, frame: Frame) -> Iterator[None]:
        """Run in another frame for a while: a called function, or the text of EXECUTE."""
        before, where, line, catchers = self.frame, self.places, self.line, self.catchers
        self.frame = frame
        self.depth += 1
        if self.depth > DEPTH:
            self.depth -= 1
            self.frame = before
            raise Exhausted("functions call each other too deep")
        try:
            yield
        finally:
            self.depth -= 1
            self.frame, self.places, self.line, self.catchers = before, where, line, catchers
