create table "T" (a bigint, "A" integer);
create table t (a integer, "A" text);
create schema "Public";
create table "Public".t ("A" integer);
create view "V" as select a, "A" from "T";
create view v as select a, "A" from t;
