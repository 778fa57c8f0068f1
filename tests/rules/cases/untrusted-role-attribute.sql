-- case: it makes roles and databases
-- finds: error authenticated
alter role authenticated createrole createdb;

-- case: it logs in
-- finds: warning anon
alter role anon login;

-- case: a client of one's own
-- platform: postgres
-- finds: warning web_anon
create role web_anon login;

-- case: taken back
alter role anon login;
alter role anon nologin;

-- case: the platform as it is
create table t (id int primary key);

-- case: another role
create role worker login createrole;

-- case: no client's attribute
alter role authenticated set statement_timeout = '5s';
