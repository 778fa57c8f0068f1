create table t (a text, b text collate "C");
create index i on t (a);
