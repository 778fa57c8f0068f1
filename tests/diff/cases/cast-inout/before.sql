create type mood as enum ('sad', 'ok');
create cast (text as mood) with inout as implicit;
