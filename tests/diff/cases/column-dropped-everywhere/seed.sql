insert into t (id, a, b) values (1, 1, 'x'), (2, 2, 'y');
