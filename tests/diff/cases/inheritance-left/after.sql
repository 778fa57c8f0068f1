create table p (a integer);
create table k (a integer, b integer);
