create type p as (x integer);
create function less(p, p) returns boolean language sql immutable as 'select $1.x < $2.x';
create function more(p, p) returns boolean language sql immutable as 'select $1.x > $2.x';
create operator <<< (leftarg = p, rightarg = p, function = less, commutator = operator(public.>>>));
create operator >>> (leftarg = p, rightarg = p, function = more, commutator = operator(public.<<<));
