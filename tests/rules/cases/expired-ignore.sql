-- case: yesterday's promise
-- finds: warning rls-disabled-exposed
-- policytool: ignore[rls-disabled-exposed] until 2020-01-01: we will see to it
create table a (id int primary key);

-- case: for the whole file
-- finds: warning rls-disabled-exposed
-- policytool: ignore-file[rls-disabled-exposed] until 2020-01-01: we will see to it
create table a (id int primary key);

-- case: with nothing left to hide
-- finds: warning fk-unindexed
-- policytool: ignore[fk-unindexed] until 2020-01-01
create table a (id int primary key);

-- case: a date to come
-- policytool: ignore[rls-disabled-exposed] until 2999-12-31: we will see to it
create table a (id int primary key);

-- case: a date in the reason only
-- policytool: ignore[rls-disabled-exposed] as decided on 2020-01-01
create table a (id int primary key);

-- case: a rule that there is not, which is told as that
-- policytool: ignore[rls-disabled] until 2020-01-01
create table a (id int primary key);
