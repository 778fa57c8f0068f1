create table "a%b" ("c\d" text default 'g%s\h', "x;y" text default E'line\nbreak', "--z" integer);
comment on table "a%b" is E'two\nlines; and ''quotes'' -- here $$ and $a$';
create function "f;g"() returns text language sql as $f$select '$$; it''s'$f$;
comment on function "f;g"() is '$f$';
