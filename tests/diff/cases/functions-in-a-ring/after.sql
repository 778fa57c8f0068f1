create function a(n integer) returns bigint language plpgsql as 'begin return public.b(n); end';
create function b(n integer) returns bigint language plpgsql as 'begin return public.a(n); end';
