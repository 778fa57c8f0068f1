insert into u values (1, row(1, 'x'));
