create table s (a integer primary key);
