create role "Bob.x";
create role "select";
create table "T" ("A b" integer, c integer);
grant select ("A b"), update (c) on "T" to "Bob.x", "select";
