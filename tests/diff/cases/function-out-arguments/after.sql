create function f(out a integer, out c text, out d text) language sql as $$select 1, 'x', 'y'$$;
