create schema s;
create function s.f() returns trigger language plpgsql as 'begin return new; end';
create table t (a integer);
create table u (a integer);
create trigger tr before insert on t for each row execute function s.f();
create trigger tr before insert on u for each row execute function s.f();
alter table u disable trigger tr;
comment on trigger tr on t is 'tee ar';
