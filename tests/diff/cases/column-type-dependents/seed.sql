insert into t values (1, 2, 'x');
insert into u values (1);
