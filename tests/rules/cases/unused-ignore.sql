-- case: the finding is gone
-- finds: info rls-disabled-exposed
-- policytool: ignore[rls-disabled-exposed] it was open once
create table a (id int primary key);
alter table a enable row level security;

-- case: at the wrong statement
-- finds: info rls-disabled-exposed
create table a (id int primary key);
-- policytool: ignore[rls-disabled-exposed] meant for the table above
create table b (id int primary key);
alter table b enable row level security;

-- case: far above its statement
-- finds: warning rls-disabled-exposed
-- policytool: ignore[rls-disabled-exposed] a line too many



create table a (id int primary key);

-- case: for the whole file, in the middle of it
-- finds: warning rls-disabled-exposed
create table a (id int primary key);
-- policytool: ignore-file[rls-disabled-exposed] too late
create table b (id int primary key);

-- case: one of two
-- finds: info fk-unindexed
-- policytool: ignore[rls-disabled-exposed, fk-unindexed] only the first is needed
create table a (id int primary key);

-- case: used
-- policytool: ignore[rls-disabled-exposed] reference data
create table a (id int primary key);

-- case: used for the whole file
-- policytool: ignore-file[rls-disabled-exposed] reference data

create table a (id int primary key);
create table b (id int primary key);

-- case: used at a line of the statement
create table a ( -- policytool: ignore[rls-disabled-exposed] reference data
  id int primary key
);

-- case: past its date, which is told as that
-- policytool: ignore[rls-disabled-exposed] until 2020-01-01 reference data
create table a (id int primary key);

-- case: in a string, in a body, in prose
create function f() returns text language sql as $$ select '-- policytool: ignore[fk-unindexed]' -- policytool: ignore[x]
$$;
-- written for policytool: it ignores[1] nothing
select '-- policytool: ignore[fk-unindexed]';
