-- pgsodium: schema = pgsodium, fixed = yes, relocatable = no, version = 3.1.8, runs = yes
-- Encryption with keys that the server holds. A stand-in: keys are listed, and whatever would encrypt is an error.
-- Left out: most of the library's functions, and transparent column encryption.

create type pgsodium.key_status as enum ('default', 'valid', 'invalid', 'expired');
create type pgsodium.key_type as enum (
    'aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash', 'generichash', 'kdf', 'secretbox',
    'secretstream', 'stream_xchacha20'
);

create sequence pgsodium.key_key_id_seq;

create table pgsodium.key (
    id uuid not null default gen_random_uuid(),
    status pgsodium.key_status default 'valid',
    created timestamptz not null default current_timestamp,
    expires timestamptz,
    key_type pgsodium.key_type,
    key_id bigint default nextval('pgsodium.key_key_id_seq'),
    key_context bytea default '\x7067736f6469756d',
    name text,
    associated_data text default 'associated',
    raw_key bytea,
    raw_key_nonce bytea,
    parent_key uuid,
    comment text,
    user_data text,
    constraint key_pkey primary key (id),
    constraint pgsodium_key_unique_name unique (name)
);

create view pgsodium.valid_key as
select k.id, k.name, k.status, k.key_type, k.key_id, k.key_context, k.created, k.expires, k.associated_data
from pgsodium.key as k
where k.status in ('valid', 'default') and (k.expires is null or k.expires > now());

create function pgsodium.create_key(
    key_type pgsodium.key_type default 'aead-det', name text default null, raw_key bytea default null,
    raw_key_nonce bytea default null, parent_key uuid default null, key_context bytea default '\x7067736f6469756d',
    expires timestamptz default null, associated_data text default ''
) returns pgsodium.valid_key language sql security definer
begin atomic
    insert into pgsodium.key as k
        (key_type, name, raw_key, raw_key_nonce, parent_key, key_context, expires, associated_data)
    values (create_key.key_type, create_key.name, create_key.raw_key, create_key.raw_key_nonce, create_key.parent_key,
        create_key.key_context, create_key.expires, create_key.associated_data)
    returning k.id, k.name, k.status, k.key_type, k.key_id, k.key_context, k.created, k.expires, k.associated_data;
end;

create function pgsodium.refuse() returns bytea language plpgsql as $$
begin
    raise feature_not_supported using message = 'nothing is encrypted or decrypted: pgsodium is a stand-in';
end
$$;

create function pgsodium.crypto_aead_det_keygen() returns bytea language sql
    return uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
create function pgsodium.crypto_aead_det_noncegen() returns bytea language sql
    return uuid_send(gen_random_uuid());
create function pgsodium.randombytes_buf(size integer) returns bytea language sql
begin atomic
    select substr(string_agg(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), '\x'), 1, size)
    from generate_series(1, size / 32 + 1);
end;
create function pgsodium.crypto_aead_det_encrypt(
    message bytea, additional bytea, key_uuid uuid, nonce bytea default null
) returns bytea language sql
    return pgsodium.refuse();
create function pgsodium.crypto_aead_det_decrypt(
    message bytea, additional bytea, key_uuid uuid, nonce bytea default null
) returns bytea language sql
    return pgsodium.refuse();
create function pgsodium.crypto_aead_det_encrypt(message bytea, additional bytea, key bytea, nonce bytea default null)
    returns bytea language sql
    return pgsodium.refuse();
create function pgsodium.crypto_aead_det_decrypt(message bytea, additional bytea, key bytea, nonce bytea default null)
    returns bytea language sql
    return pgsodium.refuse();
