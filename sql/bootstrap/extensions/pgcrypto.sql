-- pgcrypto: schema = current, fixed = no, relocatable = yes, version = 1.3, runs = yes
-- Hashes, keyed hashes, password hashes, random bytes. A stand-in where the library is missing.
-- Exact: digest, hmac, gen_random_bytes, gen_random_uuid. Self-consistent but not what pgcrypto computes: crypt, whose
-- hashes verify against themselves only. Refused with an error: symmetric and public-key encryption, PGP, armour.
-- The functions named pgcrypto_* are the stand-in's own.

create function pgcrypto_refuse(what text) returns bytea language plpgsql immutable as $$
begin
    raise feature_not_supported using message = what || ' needs the real pgcrypto; this is a stand-in';
end
$$;

create function pgcrypto_unknown_hash(type text) returns bytea language plpgsql immutable as $$
begin
    raise invalid_parameter_value using message = format('Cannot use "%s": No such hash algorithm', type);
end
$$;

-- FIPS 180-4. Words are kept in bigint, so that a shift does not lose the carry.
create function pgcrypto_sha1(data bytea) returns bytea language plpgsql immutable strict parallel safe as $$
declare
    word constant bigint := 4294967295;
    padded bytea := data || '\x80' || decode(repeat('00', (119 - length(data) % 64) % 64), 'hex')
        || int8send(length(data) * 8::bigint);
    h bigint[] := array[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; x bigint;
begin
    for block in 0 .. length(padded) / 64 - 1 loop
        for t in 1 .. 16 loop
            w[t] := ('x' || encode(substr(padded, block * 64 + t * 4 - 3, 4), 'hex'))::bit(32)::bigint & word;
        end loop;
        for t in 17 .. 80 loop
            x := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
            w[t] := ((x << 1) | (x >> 31)) & word;
        end loop;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        for t in 1 .. 80 loop
            case
                when t <= 20 then f := (b & c) | (~b & word & d); k := 1518500249;
                when t <= 40 then f := b # c # d; k := 1859775393;
                when t <= 60 then f := (b & c) | (b & d) | (c & d); k := 2400959708;
                else f := b # c # d; k := 3395469782;
            end case;
            x := ((((a << 5) | (a >> 27)) & word) + f + e + k + w[t]) & word;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & word; b := a; a := x;
        end loop;
        h := array[(h[1] + a) & word, (h[2] + b) & word, (h[3] + c) & word, (h[4] + d) & word, (h[5] + e) & word];
    end loop;
    return decode(string_agg(lpad(to_hex(part), 8, '0'), '' order by place), 'hex')
        from unnest(h) with ordinality as u (part, place);
end
$$;

create function digest(bytea, text) returns bytea language sql immutable strict parallel safe
begin atomic
    select case lower($2)
        when 'md5' then decode(md5($1), 'hex')
        when 'sha1' then pgcrypto_sha1($1)
        when 'sha224' then sha224($1)
        when 'sha256' then sha256($1)
        when 'sha384' then sha384($1)
        when 'sha512' then sha512($1)
        else pgcrypto_unknown_hash($2)
    end;
end;

create function digest(text, text) returns bytea language sql immutable strict parallel safe
begin atomic
    select digest(convert_to($1, 'UTF8'), $2);
end;

-- A key of one block, each byte combined with the same pad.
create function pgcrypto_pad(key bytea, block integer, pad integer) returns bytea
    language sql immutable strict parallel safe
begin atomic
    select string_agg(
        set_byte('\x00', 0, (case when i < length(key) then get_byte(key, i) else 0 end) # pad), '\x' order by i
    )
    from generate_series(0, block - 1) as i;
end;

-- RFC 2104.
create function hmac(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
begin atomic
    select digest(pgcrypto_pad(k.key, k.block, 92) || digest(pgcrypto_pad(k.key, k.block, 54) || $1, $3), $3)
    from (select case when lower($3) in ('sha384', 'sha512') then 128 else 64 end as block) as s,
        lateral (select s.block, case when length($2) > s.block then digest($2, $3) else $2 end as key) as k;
end;

create function hmac(text, text, text) returns bytea language sql immutable strict parallel safe
begin atomic
    select hmac(convert_to($1, 'UTF8'), convert_to($2, 'UTF8'), $3);
end;

create function gen_random_uuid() returns uuid language internal volatile parallel safe as 'gen_random_uuid';

create function gen_random_bytes(integer) returns bytea language plpgsql volatile strict parallel safe as $$
begin
    if $1 not between 1 and 1024 then
        raise external_routine_invocation_exception using message = 'Length not in range';
    end if;
    return (
        select substr(string_agg(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), '\x'), 1, $1)
        from generate_series(1, $1 / 32 + 1)
    );
end
$$;

create function gen_salt(text, integer) returns text language plpgsql volatile strict parallel safe as $$
declare
    salt text := translate(
        encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+=', './'
    );
begin
    case lower($1)
        when 'bf' then return format('$2a$%s$%s', lpad($2::text, 2, '0'), left(salt, 22));
        when 'md5' then return format('$1$%s', left(salt, 8));
        when 'xdes' then return format('_J9..%s', left(salt, 4));
        when 'des' then return left(salt, 2);
        else raise invalid_parameter_value using message = 'gen_salt: Unknown salt algorithm';
    end case;
end
$$;

create function gen_salt(text) returns text language sql volatile strict parallel safe
begin atomic
    select gen_salt($1, 6);
end;

create function crypt(text, text) returns text language sql immutable strict parallel safe
begin atomic
    select s.salt || left(translate(encode(sha256(convert_to(s.salt || $1, 'UTF8')), 'base64'), '+=', './'), 31)
    from (
        select coalesce(substring($2 from '^\$2[abxy]?\$\d\d\$.{22}'), substring($2 from '^\$1\$[^$]{1,8}') || '$',
            substring($2 from '^_.{8}'), left($2, 2)) as salt
    ) as s;
end;

create function encrypt(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('encrypt');
create function decrypt(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('decrypt');
create function encrypt_iv(bytea, bytea, bytea, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('encrypt_iv');
create function decrypt_iv(bytea, bytea, bytea, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('decrypt_iv');

create function pgp_sym_encrypt(text, text) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_sym_encrypt');
create function pgp_sym_encrypt(text, text, text) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_sym_encrypt');
create function pgp_sym_encrypt_bytea(bytea, text) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_sym_encrypt_bytea');
create function pgp_sym_encrypt_bytea(bytea, text, text) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_sym_encrypt_bytea');
create function pgp_sym_decrypt(bytea, text) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('pgp_sym_decrypt'), 'hex');
create function pgp_sym_decrypt(bytea, text, text) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('pgp_sym_decrypt'), 'hex');
create function pgp_sym_decrypt_bytea(bytea, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('pgp_sym_decrypt_bytea');
create function pgp_sym_decrypt_bytea(bytea, text, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('pgp_sym_decrypt_bytea');

create function pgp_pub_encrypt(text, bytea) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_pub_encrypt');
create function pgp_pub_encrypt(text, bytea, text) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_pub_encrypt');
create function pgp_pub_encrypt_bytea(bytea, bytea) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_pub_encrypt_bytea');
create function pgp_pub_encrypt_bytea(bytea, bytea, text) returns bytea language sql volatile strict parallel safe
    return pgcrypto_refuse('pgp_pub_encrypt_bytea');
create function pgp_pub_decrypt(bytea, bytea) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('pgp_pub_decrypt'), 'hex');
create function pgp_pub_decrypt(bytea, bytea, text) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('pgp_pub_decrypt'), 'hex');
create function pgp_pub_decrypt(bytea, bytea, text, text) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('pgp_pub_decrypt'), 'hex');
create function pgp_pub_decrypt_bytea(bytea, bytea) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('pgp_pub_decrypt_bytea');
create function pgp_pub_decrypt_bytea(bytea, bytea, text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('pgp_pub_decrypt_bytea');
create function pgp_pub_decrypt_bytea(bytea, bytea, text, text) returns bytea
    language sql immutable strict parallel safe
    return pgcrypto_refuse('pgp_pub_decrypt_bytea');
create function pgp_key_id(bytea) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('pgp_key_id'), 'hex');
create function pgp_armor_headers(text, out key text, out value text) returns setof record
    language sql immutable strict parallel safe
begin atomic
    select encode(pgcrypto_refuse('pgp_armor_headers'), 'hex'), $1;
end;
create function armor(bytea) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('armor'), 'hex');
create function armor(bytea, text[], text[]) returns text language sql immutable strict parallel safe
    return encode(pgcrypto_refuse('armor'), 'hex');
create function dearmor(text) returns bytea language sql immutable strict parallel safe
    return pgcrypto_refuse('dearmor');
