insert into t values (7, 7);
