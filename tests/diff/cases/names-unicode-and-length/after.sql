create table "a_name_that_is_exactly_as_long_as_a_name_can_be_in_postgres_xxx" (id serial primary key, "another_name_that_is_as_long_as_names_can_be_in_postgres_xxxxxxx" text unique);
create table "größe" ("naïve" bigint primary key, "日本" text default '語');
comment on column "größe"."日本" is 'いろは';
create policy "政策" on "größe" using ("日本" = '語');
