insert into p values (1, 'p');
insert into k values (2, 'k', null);
