create function f(out a integer, out b text) language sql as $$select 1, 'x'$$;
