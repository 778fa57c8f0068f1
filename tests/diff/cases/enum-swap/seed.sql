insert into t values ('a', '{a,b}', 1), ('b', null, 2);
insert into u values ('a');
