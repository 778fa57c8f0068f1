insert into t values ('a', '{a,b}'), ('c', '{}');
insert into u values ('c');
