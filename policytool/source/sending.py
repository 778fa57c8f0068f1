"""How each layout's own tool sends a file to the server, and so which statements of it share a transaction."""

from typing import Literal

# A transaction of the tool's around the file; one message, or one pipeline, which is a transaction unless the file ends
# it; each statement by itself.
Sending = Literal["transaction", "message", "pipeline", "statement"]

# These send a file to the server statement by statement; all others wrap it in a transaction or send it as one.
AUTOCOMMIT = frozenset(("plain", "file", "stdin", "sqitch", "supabase-declarative"))
_SENDING: dict[str, Sending] = {
    "supabase": "pipeline",
    "prisma": "message",
    "golang-migrate": "message",
    "hasura": "message",
}
_TOOLS = {
    "supabase": "the Supabase CLI",
    "flyway": "Flyway",
    "prisma": "Prisma",
    "drizzle": "Drizzle",
    "hasura": "the migration tool",  # Hasura and Diesel lay their files out alike
    "sqlx": "sqlx",
    "golang-migrate": "golang-migrate",
    "node-pg-migrate": "node-pg-migrate",
    "goose": "goose",
    "dbmate": "dbmate",
    "sql-migrate": "sql-migrate",
}


def sending(layout: str, *, transaction: bool) -> Sending:
    """How a file of this layout is sent; `transaction` is false where the layout or the file itself says so."""
    return _SENDING.get(layout, "transaction") if transaction else "statement"


def tool(layout: str) -> str:
    """Who runs the files, as a sentence names it."""
    return _TOOLS.get(layout, "the migration tool")
