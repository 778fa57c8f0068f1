insert into t (id, z) values (1, 2);
