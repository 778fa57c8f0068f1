create schema "Odd Schema";
create table "Odd Schema"."Table ""quoted""" ("Select" integer primary key, "ünïcode" text default 'ö', "a.b" integer,
  "order" text check ("order" <> ''), user_ text);
create index "Idx 1" on "Odd Schema"."Table ""quoted""" ("a.b", lower("ünïcode"));
create type "Odd Schema"."Enum.Type" as enum ('a');
create function "Odd Schema"."f.g"("P Q" "Odd Schema"."Enum.Type") returns "Odd Schema"."Enum.Type" language sql
  as 'select "P Q"';
create table public.uses (v "Odd Schema"."Enum.Type" default "Odd Schema"."f.g"('a'),
  w "Odd Schema"."Table ""quoted""", x "Odd Schema"."Enum.Type"[]);
create policy "It's a ""policy""" on public.uses using (v = 'a');
create view "Odd Schema"."user" as select "Select" as "from" from "Odd Schema"."Table ""quoted""";
comment on column "Odd Schema"."Table ""quoted"""."a.b" is E'two\nlines and a \\';
grant select ("a.b", "Select") on "Odd Schema"."Table ""quoted""" to public;
