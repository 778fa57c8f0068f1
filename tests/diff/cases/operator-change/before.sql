create type p as (x integer);
create function less(p, p) returns boolean language sql immutable as 'select $1.x < $2.x';
create function more(p, p) returns boolean language sql immutable as 'select $1.x > $2.x';
create operator <<< (leftarg = p, rightarg = p, function = less);
create view v as select row(1)::p operator(public.<<<) row(2)::p as x;
comment on operator <<< (p, p) is 'less';
