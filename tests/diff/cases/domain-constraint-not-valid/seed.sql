insert into t values (100);
