create domain email as text default 'a@b' not null constraint has_at check (value like '%@%');
create domain emails as email[];
create table t (a email, b emails);
