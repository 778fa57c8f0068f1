insert into t1 values (1, 'x');
insert into t values (11, 'y');
