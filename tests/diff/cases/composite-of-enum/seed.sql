insert into t values (row('a')::c, array[row('a')::c]);
