create domain public.even as integer;
create function public.is_even(v public.even) returns boolean language sql immutable as 'select v % 2 = 0';
alter domain public.even add constraint is_even check (public.is_even(value));
alter domain public.even set default 2;
