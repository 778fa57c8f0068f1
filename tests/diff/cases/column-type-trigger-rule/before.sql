create function f() returns trigger language plpgsql as 'begin return new; end';
create table log (a text);
create table t (a integer, b integer);
create trigger tr before update of a on t for each row when (new.a > old.a) execute function f();
create rule r as on update to t where new.a > 5 do also insert into log values (new.a::text);
