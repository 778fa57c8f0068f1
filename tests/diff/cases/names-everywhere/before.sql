create role "Al ice";
create schema "S.x";
create table "S.x"."T t" ("A" integer primary key, "b.c" text);
create view "S.x"."V" as select "A" from "S.x"."T t";
create policy "P p" on "S.x"."T t" to "Al ice" using ("A" > 0);
create index "I i" on "S.x"."T t" ("b.c");
