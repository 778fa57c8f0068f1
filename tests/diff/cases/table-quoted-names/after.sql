create schema "odd.schema";
create table "odd.schema"."T.able ""x""" ("Some Col" integer primary key, "a.b" text default 'it''s');
create table "My Table" ("Some Col" bigint, "a.b" text, "select" integer);
create index "I.dx" on "My Table" ("a.b");
comment on column "My Table"."a.b" is 'dotted';
