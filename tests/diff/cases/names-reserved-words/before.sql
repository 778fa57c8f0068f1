create table "order" ("user" integer, "group" text);
create index "table" on "order" ("user");
