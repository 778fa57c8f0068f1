create role alice;
create type e as enum ('a');
create type c as (a integer);
create type r as range (subtype = integer);
create domain d as integer;
