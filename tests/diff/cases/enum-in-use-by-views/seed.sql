insert into t values ('b', 1);
