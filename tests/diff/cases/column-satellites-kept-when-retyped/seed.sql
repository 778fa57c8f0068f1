insert into t select n, n::text, n from generate_series(1, 5) as n;
