-- What the platform grants once supabase_vault is there: postgres and service_role read, make and change secrets.

grant usage on schema vault to postgres with grant option;
grant select, delete on table vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant execute on function
    vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid)
    to postgres with grant option;

grant usage on schema vault to service_role;
grant select, delete on table vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function
    vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid)
    to service_role;
