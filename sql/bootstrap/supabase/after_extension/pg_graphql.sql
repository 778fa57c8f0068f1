-- What the platform grants once pg_graphql is there.

grant usage on schema graphql, graphql_public to postgres with grant option;
grant usage on schema graphql to anon, authenticated, service_role;
grant execute on all functions in schema graphql to postgres, anon, authenticated, service_role;
