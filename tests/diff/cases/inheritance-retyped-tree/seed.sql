insert into p values (1, 'p');
insert into k values (2, 'k', 1);
insert into l values (3, 'l', 1, 1);
