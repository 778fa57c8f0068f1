-- case: one of two
-- finds: info hstore
create extension hstore version '1.4';
create extension citext;

-- case: what the platform brought is its own
select 1;
