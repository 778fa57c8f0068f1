-- wrappers: schema = current, fixed = no, relocatable = no, version = 0.5.3, runs = yes
-- Foreign data wrappers for services. A stand-in: wrappers, servers and foreign tables can be made, a query on one
-- fails. The handlers are built on a function of Postgres that gives nothing but an error; the validators accept any
-- option.

create table wrappers_fdw_stats (
    fdw_name text not null,
    create_times bigint,
    rows_in bigint,
    rows_out bigint,
    bytes_in bigint,
    bytes_out bigint,
    metadata jsonb,
    created_at timestamptz not null default timezone('utc', now()),
    updated_at timestamptz not null default timezone('utc', now()),
    constraint wrappers_fdw_stats_pkey primary key (fdw_name)
);

create function airtable_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function airtable_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function auth0_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function auth0_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function big_query_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function big_query_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function click_house_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function click_house_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function cognito_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function cognito_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function duckdb_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function duckdb_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function firebase_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function firebase_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function hello_world_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function hello_world_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function iceberg_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function iceberg_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function logflare_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function logflare_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function mssql_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function mssql_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function redis_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function redis_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function s3_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function s3_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function s3_vectors_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function s3_vectors_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function stripe_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function stripe_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;

create function wasm_fdw_handler() returns fdw_handler language internal strict as 'fdw_handler_in';
create function wasm_fdw_validator(options text[], catalog oid) returns void language plpgsql as $$
begin
end
$$;
