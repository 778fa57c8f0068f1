insert into p values (1);
insert into k values (2);
