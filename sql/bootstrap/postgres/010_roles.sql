-- The role that owns the database and runs the migrations on a plain Postgres: a superuser, as initdb makes one.
-- Roles belong to the cluster, so a server runs this file once, before it makes the first database.

create role postgres with superuser createdb createrole login replication bypassrls;
