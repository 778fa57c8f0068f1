create table t (a text, b integer, c boolean, d jsonb, e text[], f date, g uuid);
