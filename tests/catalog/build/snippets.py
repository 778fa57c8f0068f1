"""DDL to run on a server and through the builder, each on an empty database. Some are meant to be refused."""

from tests.catalog.build import snippets_alter, snippets_create, snippets_relatives, snippets_together

CASES: dict[str, str] = {
    **snippets_create.CASES,
    **snippets_relatives.CASES,
    **snippets_alter.CASES,
    **snippets_together.CASES,
}
