"""Words that a reader who does not know Postgres meets in the report."""

from typing import Final

GLOSSARY: Final = (
    (
        "Row level security (RLS)",
        "A switch on a table. On: each query sees only the rows that policies let through, and none where no "
        "policy does. Off: whoever has a grant sees every row.",
    ),
    (
        "Forced",
        "With FORCE, row level security binds the owner of the table as well. Superusers and roles with "
        "BYPASSRLS it never binds.",
    ),
    (
        "Policy",
        "A condition on rows, for a command and for roles. USING judges rows that are there, WITH CHECK rows "
        "that are written.",
    ),
    (
        "Permissive, restrictive",
        "Of the permissive policies that apply, one is enough. Every restrictive one must agree as well; "
        "alone they let nothing through.",
    ),
    (
        "Grant",
        "A privilege on an object: SELECT, INSERT, UPDATE, DELETE, EXECUTE. Without it policies are never asked.",
    ),
    (
        "Role",
        "As whom a query runs. A role has what it was granted, what roles that it is a member of have, and "
        "what PUBLIC has: every role is in PUBLIC.",
    ),
    (
        "Client",
        "A role that anybody can act as: without an account (anon), or with any account (authenticated).",
    ),
    (
        "Exposed schema",
        "A schema whose tables, views and functions clients can name over the API.",
    ),
    (
        "Owner column, tenant column",
        "The column that says whose a row is, and the one that says to which organisation it belongs; by "
        "their names, foreign keys and policies.",
    ),
    (
        "SECURITY DEFINER",
        "A function that runs with the rights of its owner, not of the caller: policies and grants that would"
        " stop the caller do not stop it.",
    ),
    (
        "Definer view",
        "A view without security_invoker: it reads its tables as its owner, past policies that would bind the"
        " one who asks.",
    ),
    (
        "own, tenant, conditional, all",
        "In the matrix: rows tied to the person; rows of something that the person belongs to; rows that "
        "fulfil another condition; every row.",
    ),
    (
        "Unmodelled",
        "A statement whose effect the tool cannot know without running it. Nothing in the report speaks of "
        "what it did.",
    ),
    (
        "Fingerprint",
        "What a finding is recognised by from run to run: rule and object, never a line number.",
    ),
)
