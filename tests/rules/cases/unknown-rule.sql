-- case: misspelt
-- finds: warning rls-disabled-exposd
-- policytool: ignore[rls-disabled-exposd] reference data
create table a (id int primary key);

-- case: of another tool, beside one that is right
-- finds: warning rls_disabled_in_public
-- policytool: ignore[rls-disabled-exposed, rls_disabled_in_public] reference data
create table a (id int primary key);

-- case: for the whole file
-- finds: warning everything
-- policytool: ignore-file[everything] please
create table a (id int primary key);

-- case: spelt right
-- policytool: ignore[rls-disabled-exposed,fk-unindexed] reference data
create table a (id int primary key);

-- case: the comment of another tool
-- squawk-ignore ban-drop-table
-- policytool is not squawk: ignore ban-drop-table
create table a (id int primary key);
