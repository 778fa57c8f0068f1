create access method heap2 type table handler heap_tableam_handler;
create table t (a integer) using heap2;
create table u (a integer) using heap2;
comment on access method heap2 is 'another';
