create type s as enum('a','b'); create table t(id serial primary key, x int default 1, st s default 'a', check (st <> 'b')); create view v as select id,x from t; create view w as select * from v;
    create function f(s) returns int language sql as 'select 1'; grant select on v to public; comment on view w is 'hi'; create policy p on t using (x>1); create index i on t(x);
