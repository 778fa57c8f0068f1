create function a(n integer) returns integer language plpgsql as 'begin return public.b(n); end';
create function b(n integer) returns integer language plpgsql as 'begin return public.a(n); end';
