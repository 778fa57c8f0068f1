create table "My Table" ("Some Col" integer, "a.b" text);
