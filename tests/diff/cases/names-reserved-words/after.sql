create table "order" ("user" bigint, "group" text default 'all', "select" integer references "order" ("pk"), pk integer primary key);
create index "table" on "order" ("user", "group");
create view "from" as select "user", "group" from "order";
create policy "check" on "order" using ("user" = 1);
create function "grant" ("to" integer) returns integer language sql as 'select "to"';
