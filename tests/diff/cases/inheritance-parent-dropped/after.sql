create table k (a integer, b integer);
