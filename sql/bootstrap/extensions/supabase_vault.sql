-- supabase_vault: schema = vault, fixed = yes, relocatable = no, version = 0.3.1, runs = yes
-- Secrets in the database. A stand-in that encrypts nothing: `secret` holds the text itself, as `decrypted_secret`
-- does. Left out: the three functions that encrypt and decrypt, which only the real view and functions call.

create table vault.secrets (
    id uuid not null default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp,
    constraint secrets_pkey primary key (id)
);
create unique index secrets_name_idx on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
select s.id, s.name, s.description, s.secret, s.secret as decrypted_secret, s.key_id, s.nonce, s.created_at,
    s.updated_at
from vault.secrets as s;

create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid language plpgsql security definer set search_path to 'pg_catalog', 'pg_temp' as $$
declare
    made uuid;
begin
    insert into vault.secrets (secret, name, description) values (new_secret, new_name, new_description)
    returning id into made;
    return made;
end
$$;

create function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
    new_key_id uuid default null
) returns void language plpgsql security definer set search_path to 'pg_catalog', 'pg_temp' as $$
begin
    update vault.secrets as s
    set secret = coalesce(new_secret, s.secret), name = coalesce(new_name, s.name),
        description = coalesce(new_description, s.description), updated_at = now()
    where s.id = secret_id;
end
$$;

revoke all on function vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid)
    from public;
