insert into t values (row(1, 'x', '2025-01-01'));
