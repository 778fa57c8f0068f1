create table t (a integer);
create rule r as on delete to t where old.a > 1 do instead nothing;
create rule s as on insert to t do also notify x;
alter table t disable rule s;
