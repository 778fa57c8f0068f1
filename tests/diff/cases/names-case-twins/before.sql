create table "T" (a integer);
create table t (a integer);
create schema "Public";
create table "Public".t (a integer);
