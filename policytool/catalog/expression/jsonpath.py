"""Paths into jsonb as Postgres shows them: every key in quotes, parentheses as its own writer sets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"\s*(?:/\*.*?\*/\s*)*(?:"
    r'(?P<string>"(?:[^"\\]|\\["\\/bfnrt]|\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4})*")'
    r"|(?P<variable>\$(?:[A-Za-z_]\w*|\"[^\"\\]*\"))"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|&&|\|\||==|!=|<>|<=|>=|[$@.*\[\](){}?,!<>+\-/%])"
    r")",
    re.S,
)
_COMPARED: Final = {"==": "==", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_METHODS: Final = frozenset(("type", "size", "abs", "floor", "ceiling", "double", "keyvalue", "datetime"))
# How tightly each binds (operationPriority in jsonpath.c); whatever is not here binds most.
_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _SIGN, _MOST = range(7)
_SUMS: Final = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT}


class _Item(NamedTuple):
    """A part of a path as it is shown, given whether brackets go around it, and how tightly it binds."""

    show: Callable[[bool], str]
    priority: int = _MOST
    predicate: bool = False
    number: str | None = None


class _Bad(Exception):
    """It is no path, or none that this module knows."""


def standard_path(text: str, spell_number: Callable[[str], str | None]) -> str | None:
    """A path as Postgres shows it; None where it is not understood."""
    try:
        return _Path(text, spell_number).whole()
    except (_Bad, RecursionError):
        return None


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _fixed(text: str, *, predicate: bool = False) -> _Item:
    return _Item(lambda _: text, predicate=predicate)


def _inside(item: _Item, priority: int) -> str:
    return item.show(item.priority <= priority)


def _bracketed(show: Callable[[], str], priority: int, *, predicate: bool = False) -> _Item:
    return _Item(lambda brackets: f"({show()})" if brackets else show(), priority, predicate)


def _operation(sign: str, priority: int, left: _Item, right: _Item) -> _Item:
    def show() -> str:
        return f"{_inside(left, priority)} {sign} {_inside(right, priority)}"

    return _bracketed(show, priority, predicate=priority <= _COMPARISON)


class _Path:
    """A path while it is read."""

    def __init__(self, text: str, spell_number: Callable[[str], str | None]) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.position = 0
        self.spell_number = spell_number
        start, end = 0, len(text.rstrip())
        while start < end:
            found = _TOKEN.match(text, start)
            if found is None or found.lastgroup is None:
                raise _Bad
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            start = found.end()

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        position = self.position + ahead
        return self.tokens[position] if position < len(self.tokens) else ("", "")

    def sign(self) -> str:
        kind, text = self.peek()
        return text if kind == "sign" else ""

    def word(self) -> str:
        kind, text = self.peek()
        return text.lower() if kind == "word" else ""

    def take(self) -> tuple[str, str]:
        token = self.peek()
        if not token[0]:
            raise _Bad
        self.position += 1
        return token

    def accept(self, text: str) -> bool:
        if text in (self.sign(), self.word()):
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise _Bad

    def whole(self) -> str:
        mode = "strict " if self.accept("strict") else ""
        if not mode:
            self.accept("lax")
        item = self.disjunction()
        if self.peek()[0]:
            raise _Bad
        return mode + item.show(True)

    # --- predicates -------------------------------------------------------------------------------------------------

    def disjunction(self, sign: str = "||", priority: int = _OR) -> _Item:
        def below() -> _Item:
            return self.disjunction("&&", _AND) if sign == "||" else self.negation()

        item = below()
        while self.accept(sign):
            item = _operation(sign, priority, self.needed(item, True), self.needed(below(), True))
        return item

    def needed(self, item: _Item, predicate: bool) -> _Item:
        if item.predicate is not predicate:
            raise _Bad
        return item

    def negation(self) -> _Item:
        if not self.accept("!"):
            return self.comparison()
        if self.sign() != "(" and self.word() != "exists":
            raise _Bad
        inner = self.needed(self.primary(), True)
        return _fixed(f"!({inner.show(False)})", predicate=True)

    def comparison(self) -> _Item:
        left = self.sum()
        if self.sign() in _COMPARED:
            sign = _COMPARED[self.take()[1]]
            return _operation(sign, _COMPARISON, self.needed(left, False), self.needed(self.sum(), False))
        if self.accept("starts"):
            self.expect("with")
            kind, text = self.take()
            if kind not in ("string", "variable"):
                raise _Bad
            shown = _string(json.loads(text)) if kind == "string" else self.variable(text)
            return _operation("starts with", _COMPARISON, self.needed(left, False), _fixed(shown))
        if self.accept("like_regex"):
            return self.regex(self.needed(left, False))
        return left

    def regex(self, left: _Item) -> _Item:
        pattern = self.string()
        flags = self.string() if self.accept("flag") else ""
        if set(flags) - set("ismxq"):
            raise _Bad
        shown = _string(pattern)
        if flags:
            shown += f' flag "{"".join(f for f in "ismxq" if f in flags)}"'
        return _bracketed(lambda: f"{_inside(left, _MOST - 1)} like_regex {shown}", _MOST, predicate=True)

    # --- values -----------------------------------------------------------------------------------------------------

    def sum(self, least: int = _SUM) -> _Item:
        item = self.signed()
        while (priority := _SUMS.get(self.sign(), -1)) >= least:
            sign = self.take()[1]
            item = _operation(sign, priority, self.needed(item, False), self.needed(self.sum(priority + 1), False))
        return item

    def signed(self) -> _Item:
        sign = self.sign()
        if sign not in ("+", "-"):
            return self.primary()
        self.take()
        inner = self.needed(self.signed(), False)
        if inner.number is not None:
            return self.number(inner.number if sign == "+" else f"-{inner.number}".replace("--", ""))
        return _bracketed(lambda: f"{sign}{_inside(inner, _SIGN)}", _SIGN)

    def number(self, text: str) -> _Item:
        spelled = self.spell_number(text)
        if spelled is None:
            raise _Bad
        return _Item(lambda _: spelled, number=spelled)

    def string(self) -> str:
        kind, text = self.take()
        if kind != "string":
            raise _Bad
        return str(json.loads(text))

    def variable(self, text: str) -> str:
        return f"${_string(text[1:].strip(chr(34)))}"

    def primary(self) -> _Item:
        kind, text = self.take()
        match kind, text if kind == "sign" else text.lower():
            case "sign", "(":
                return self.parenthesised()
            case "word", "exists":
                self.expect("(")
                inner = self.needed(self.sum(), False)
                self.expect(")")
                return _fixed(f"exists ({inner.show(False)})", predicate=True)
            case "sign", ("$" | "@") as root:
                return self.chain(_fixed(root))
            case "word", ("last" | "null" | "true" | "false") as word:
                return self.chain(_fixed(word))
            case "string", _:
                return self.chain(_fixed(_string(json.loads(text))))
            case "variable", _:
                return self.chain(_fixed(self.variable(text)))
            case "number", _:
                return self.chain(self.number(text))
        raise _Bad

    def parenthesised(self) -> _Item:
        inner = self.disjunction()
        self.expect(")")
        if self.accept("is"):
            self.expect("unknown")
            return _fixed(f"({self.needed(inner, True).show(False)}) is unknown", predicate=True)
        return self.chain(inner)

    def chain(self, head: _Item) -> _Item:
        """What follows a value: keys, elements, filters, methods."""
        steps = ""
        while step := self.step():
            steps += step
        if not steps:
            return head
        if head.number is not None:
            return _fixed(f"({head.number}){steps}")
        return _Item(lambda brackets: f"{head.show(brackets)}{steps}", head.priority)

    def step(self) -> str:
        if self.accept("["):
            return self.elements()
        if self.accept("?"):
            self.expect("(")
            inner = self.needed(self.disjunction(), True)
            self.expect(")")
            return f"?({inner.show(False)})"
        return self.member() if self.accept(".") else ""

    def elements(self) -> str:
        if self.accept("*"):
            self.expect("]")
            return "[*]"
        ranges = []
        while True:
            start = self.needed(self.sum(), False).show(False)
            end = f" to {self.needed(self.sum(), False).show(False)}" if self.accept("to") else ""
            ranges.append(start + end)
            if self.accept("]"):
                return f"[{','.join(ranges)}]"
            self.expect(",")

    def member(self) -> str:
        kind, text = self.take()
        if text == "*":
            return ".*"
        if text == "**":
            return f".**{self.levels() if self.accept('{') else ''}"
        if kind == "string":
            return f".{_string(json.loads(text))}"
        if kind != "word":
            raise _Bad
        if self.sign() != "(":
            return f".{_string(text)}"
        self.expect("(")
        if text not in _METHODS:
            raise _Bad
        argument = _string(self.string()) if text == "datetime" and self.peek()[0] == "string" else ""
        self.expect(")")
        return f".{text}({argument})"

    def levels(self) -> str:
        first = self.level()
        last = self.level() if self.accept("to") else first
        self.expect("}")
        if (first, last) == ("0", "last"):
            return ""
        return f"{{{first}}}" if first == last else f"{{{first} to {last}}}"

    def level(self) -> str:
        kind, text = self.take()
        if text.lower() == "last":
            return "last"
        if kind != "number" or not text.isdigit():
            raise _Bad
        return str(int(text))
