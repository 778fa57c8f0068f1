create role enum_user;
create type "Mood" as enum ('sad', 'so ''so''', '');
create table t (x "Mood" default '');
revoke usage on type "Mood" from public;
grant usage on type "Mood" to enum_user;
comment on type "Mood" is 'mood';
