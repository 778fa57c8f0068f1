create schema s;
create collation s."C x" (provider = libc, locale = 'C');
comment on collation s."C x" is 'a collation';
create domain s.d as text collate s."C x";
create table t (a text collate s."C x", b s.d);
