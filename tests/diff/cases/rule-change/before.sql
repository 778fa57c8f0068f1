create table t (a integer);
create rule r as on delete to t do instead nothing;
create rule s as on insert to t do also notify x;
