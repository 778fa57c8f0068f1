insert into k values (1, 2, 3);
insert into l values (4, 5, 6);
