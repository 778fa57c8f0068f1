insert into t values (1, 2, row(3, 'x'));
