insert into k values (1, 2, 3, 4);
