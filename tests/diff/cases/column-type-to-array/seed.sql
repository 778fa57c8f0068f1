insert into t values ('one', 1), (null, 2);
