"""Schema storage: paths, policies on objects, listings."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import psycopg
import pytest

from tests.bootstrap.support import become, column, value

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

USER = "b2a4c8d0-0000-4000-8000-000000000001"
OTHER = "b2a4c8d0-0000-4000-8000-000000000002"


def test_paths_are_taken_apart(new_project: Connection) -> None:
    """The three functions that policies call on an object's name."""
    parts = "select array[storage.foldername(%s)::text, storage.filename(%s), storage.extension(%s)]"
    expected = {"a/b/c.tar.gz": ["{a,b}", "c.tar.gz", "gz"], "c": ["{}", "c", "c"], "a/": ["{a}", "", ""]}
    for path, answer in expected.items():
        assert value(new_project, parts, path, path, path) == answer
    for name in ("foldername", "filename", "extension"):
        query: LiteralString = "select provolatile from pg_proc where oid = %s::regprocedure"
        assert value(new_project, query, f"storage.{name}(text)") == "i"


def test_bucket_admits_the_owner_of_a_folder(new_project: Connection) -> None:
    """A usual policy lets a user write below a folder of the user's name, and nowhere else."""
    new_project.execute("insert into storage.buckets (id, name) values ('avatars', 'avatars')")
    new_project.execute(
        """create policy own on storage.objects to authenticated
        using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text)"""
    )
    become(new_project, "authenticated", USER)
    new_project.execute("insert into storage.objects (bucket_id, name) values ('avatars', %s)", [f"{USER}/me.png"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), new_project.transaction():
        new_project.execute("insert into storage.objects (bucket_id, name) values ('avatars', %s)", [f"{OTHER}/me.png"])
    assert column(new_project, "select path_tokens[2] from storage.objects") == ["me.png"]
    become(new_project, "authenticated", OTHER)
    assert column(new_project, "select name from storage.objects") == []


def test_storage_refuses_direct_deletes(new_project: Connection) -> None:
    """Objects go through the Storage API, unless a setting says otherwise, as a replay of old migrations does."""
    new_project.execute("insert into storage.buckets (id, name) values ('b', 'b')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="direct deletion"), new_project.transaction():
        new_project.execute("delete from storage.buckets")
    new_project.execute("set local storage.allow_delete_query = 'true'")
    assert new_project.execute("delete from storage.buckets").rowcount == 1


def test_operation_is_compared_without_its_prefix(new_project: Connection) -> None:
    """A policy may name an operation with or without `storage.`; without an operation nothing matches."""
    query: LiteralString = (
        "select array[storage.allow_only_operation('object.upload'),"
        " storage.allow_only_operation('storage.object.upload'),"
        " storage.allow_any_operation(array['object.list', 'object.upload']), storage.allow_only_operation('')]"
    )
    assert value(new_project, query) == [False, False, False, False]
    new_project.execute("set local storage.operation = 'storage.object.upload'")
    assert value(new_project, query) == [True, True, True, False]


def test_storage_lists_folders_and_objects(new_project: Connection) -> None:
    """Listings give each folder once and go on after a cursor."""
    new_project.execute("insert into storage.buckets (id, name) values ('b', 'b')")
    new_project.execute(
        "insert into storage.objects (bucket_id, name) select 'b', unnest(array['a/1', 'a/2', 'b.png', 'c/d/3', 'z'])"
    )
    listed: LiteralString = "select name from storage.list_objects_with_delimiter('b', %s, '/', 2, %s)"
    assert column(new_project, listed, "", "") == ["a", "b.png"]
    assert column(new_project, listed, "", "b.png") == ["c", "z"]
    assert column(new_project, listed, "c/", "") == ["c/d"]
    assert column(new_project, "select name from storage.search('A/', 'b')") == ["1", "2"]
    assert column(new_project, "select key from storage.search_v2('a/', 'b', levels := 2)") == ["1", "2"]
    assert column(new_project, "select name from storage.search('', 'b', sortcolumn := 'created_at')")[:2] == ["a", "c"]
