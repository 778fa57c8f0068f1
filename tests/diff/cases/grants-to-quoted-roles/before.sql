create role "Bob.x";
create role "select";
create table "T" ("A b" integer, c integer);
grant select ("A b") on "T" to "select";
