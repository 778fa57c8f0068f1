-- case: over a group
-- finds: error authenticated
create role support nologin;
grant service_role to support;
grant support to authenticated;

-- case: over two
-- finds: error anon
create role support nologin;
create role staff nologin;
grant service_role to staff;
grant staff to support;
grant support to anon;

-- case: the login becomes the service role anyway
create role support nologin;
grant service_role to support;
grant support to authenticator;

-- case: a group that ends nowhere
create role support nologin;
grant support to authenticated;

-- case: a step that cannot be taken
create role support nologin;
grant service_role to support with set false;
grant support to authenticated;

-- case: the platform as it is
create table t (id int primary key);
