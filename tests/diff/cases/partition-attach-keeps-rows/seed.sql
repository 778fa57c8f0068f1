insert into t1 values (1, '2025-05-05'), (2, '2025-06-06');
