-- plpgsql_check: schema = current, fixed = no, relocatable = no, version = 2.7, runs = yes
-- A checker of PL/pgSQL. A stand-in that refuses to check; optional arguments after the third are left out.

create function plpgsql_check_function(funcoid regprocedure, relid regclass default 0, format text default 'text')
    returns setof text language plpgsql as $$
begin
    raise feature_not_supported using message = format('%s is not checked: plpgsql_check is a stand-in', funcoid);
end
$$;

create function plpgsql_check_function(name text, relid regclass default 0, format text default 'text')
    returns setof text language plpgsql as $$
begin
    raise feature_not_supported using message = format('%s is not checked: plpgsql_check is a stand-in', name);
end
$$;

create function plpgsql_check_function_tb(
    funcoid regprocedure, relid regclass default 0, fatal_errors boolean default true
) returns table (
    functionid regproc, lineno integer, statement text, sqlstate text, message text, detail text, hint text, level text,
    "position" integer, query text, context text
) language plpgsql as $$
begin
    raise feature_not_supported using message = format('%s is not checked: plpgsql_check is a stand-in', funcoid);
end
$$;
