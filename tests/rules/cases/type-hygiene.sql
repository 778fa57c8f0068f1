-- case: a numbered integer key
-- finds: info public.h
create table h (id serial primary key);

-- case: by identity
-- finds: info public.h
create table h (id int generated always as identity primary key);

-- case: timestamp, char, varchar, json, money, once
-- finds: info public.h
create table h (id uuid primary key, a timestamp, b char(3), c varchar(20), d json, e money);

-- case: an array of them
-- finds: info public.h
create table h (id uuid primary key, a varchar(20)[]);

-- case: good ones
create table h (id bigint generated always as identity primary key, a timestamptz, b text, c varchar, d jsonb, e numeric(10, 2), f int, g date);

-- case: an integer key that is not numbered
create table h (year int primary key);

-- case: a partition
-- finds: info public.h
create table h (a timestamp) partition by range (a);
create table h1 partition of h for values from ('2020-01-01') to ('2021-01-01');
