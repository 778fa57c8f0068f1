-- What the platform grants once pg_net is there. Since 0.12 its functions are not SECURITY DEFINER and everyone may
-- call them who may use the schema: anon can.

grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;
