create table "a_name_that_is_exactly_as_long_as_a_name_can_be_in_postgres_xxx" (id integer);
create table "größe" ("naïve" integer);
