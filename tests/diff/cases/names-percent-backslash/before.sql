create table "a%b" ("c\d" text default 'e\f');
