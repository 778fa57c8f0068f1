insert into t values (1, '2025-05-05');
