-- The platform makes postgres the owner of the wrapper, for which it must be a superuser for a moment. Here it gets
-- what it needs of that: to make servers, and to let others make them.

grant usage on foreign data wrapper postgres_fdw to postgres with grant option;
