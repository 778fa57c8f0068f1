insert into t (x0) values (5);
