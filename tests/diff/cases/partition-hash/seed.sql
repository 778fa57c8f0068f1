insert into t select n, 'x' from generate_series(1, 10) as n;
