create type mood as enum ('sad', 'ok');
create cast (mood as text) with inout as assignment;
comment on cast (mood as text) is 'written out';
