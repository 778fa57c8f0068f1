-- pgjwt: schema = current, fixed = no, relocatable = no, version = 0.2.0, runs = yes
-- JSON web tokens. A stand-in with the real one's functions, computed without pgcrypto: HS256, HS384 and HS512 are
-- exact. The functions named pgjwt_* are the stand-in's own.

create function url_encode(data bytea) returns text language sql immutable
    return translate(encode(data, 'base64'), E'+/=\n', '-_');

create function url_decode(data text) returns bytea language sql immutable
    return decode(translate(data, '-_', '+/') || repeat('=', (4 - length(data) % 4) % 4), 'base64');

create function pgjwt_hash(data bytea, algorithm text) returns bytea language plpgsql immutable as $$
begin
    return case algorithm
        when 'HS256' then sha256(data)
        when 'HS384' then sha384(data)
        when 'HS512' then sha512(data)
    end;
end
$$;

create function pgjwt_pad(key bytea, block integer, pad integer) returns bytea language sql immutable
begin atomic
    select string_agg(
        set_byte('\x00', 0, (case when i < length(key) then get_byte(key, i) else 0 end) # pad), '\x' order by i
    )
    from generate_series(0, block - 1) as i;
end;

create function pgjwt_hmac(data bytea, key bytea, algorithm text) returns bytea language sql immutable
begin atomic
    select pgjwt_hash(
        pgjwt_pad(k.key, k.block, 92) || pgjwt_hash(pgjwt_pad(k.key, k.block, 54) || data, algorithm), algorithm
    )
    from (select case when algorithm = 'HS256' then 64 else 128 end as block) as s,
        lateral (
            select s.block,
                case when length(pgjwt_hmac.key) > s.block then pgjwt_hash(pgjwt_hmac.key, algorithm)
                    else pgjwt_hmac.key end as key
        ) as k;
end;

create function pgjwt_known(algorithm text) returns text language plpgsql immutable as $$
begin
    if algorithm in ('HS256', 'HS384', 'HS512') then
        return algorithm;
    end if;
    raise invalid_parameter_value using message = 'Cannot use "": No such hash algorithm';
end
$$;

create function algorithm_sign(signables text, secret text, algorithm text) returns text language sql immutable
begin atomic
    select url_encode(
        pgjwt_hmac(convert_to(signables, 'UTF8'), convert_to(secret, 'UTF8'), pgjwt_known(algorithm))
    );
end;

create function sign(payload json, secret text, algorithm text default 'HS256') returns text language sql immutable
begin atomic
    select s.signables || '.' || algorithm_sign(s.signables, secret, algorithm)
    from (
        select url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'UTF8')) || '.'
            || url_encode(convert_to(payload::text, 'UTF8')) as signables
    ) as s;
end;

create function try_cast_double(inp text) returns double precision language plpgsql immutable as $$
begin
    return inp::double precision;
exception when others then
    return null;
end
$$;

create function verify(token text, secret text, algorithm text default 'HS256')
    returns table (header json, payload json, valid boolean) language sql immutable
begin atomic
    select t.header, t.payload,
        t.signed and tstzrange(
            to_timestamp(try_cast_double(t.payload ->> 'nbf')), to_timestamp(try_cast_double(t.payload ->> 'exp'))
        ) @> current_timestamp
    from (
        select convert_from(url_decode(r.part[1]), 'UTF8')::json as header,
            convert_from(url_decode(r.part[2]), 'UTF8')::json as payload,
            r.part[3] = algorithm_sign(r.part[1] || '.' || r.part[2], secret, algorithm) as signed
        from (select string_to_array(token, '.') as part) as r
    ) as t;
end;
