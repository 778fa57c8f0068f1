insert into t values (1, 'a'), (null, 'b');
