create function f() returns bigint language plpgsql as 'begin return 0; end';
