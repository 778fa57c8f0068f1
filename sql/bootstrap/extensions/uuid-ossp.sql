-- uuid-ossp: schema = current, fixed = no, relocatable = yes, version = 1.1, runs = yes
-- Generators of UUIDs. A stand-in where the library is missing: versions 3, 4 and 5 are exact; 1 has the right time
-- and a random node, as uuid_generate_v1mc always has. The functions named uuid_ossp_* are the stand-in's own.

create function uuid_nil() returns uuid language sql immutable strict parallel safe
    return '00000000-0000-0000-0000-000000000000'::uuid;
create function uuid_ns_dns() returns uuid language sql immutable strict parallel safe
    return '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;
create function uuid_ns_url() returns uuid language sql immutable strict parallel safe
    return '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;
create function uuid_ns_oid() returns uuid language sql immutable strict parallel safe
    return '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;
create function uuid_ns_x500() returns uuid language sql immutable strict parallel safe
    return '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

-- RFC 4122: the first sixteen bytes of a hash, with the version in one place and the variant in another.
create function uuid_ossp_from_hash(hash bytea, version integer) returns uuid
    language sql immutable strict parallel safe
begin atomic
    select encode(
        set_byte(
            set_byte(substr(hash, 1, 16), 6, (get_byte(hash, 6) & 15) | (version << 4)),
            8, (get_byte(hash, 8) & 63) | 128
        ),
        'hex'
    )::uuid;
end;

-- FIPS 180-4. Words are kept in bigint, so that a shift does not lose the carry.
create function uuid_ossp_sha1(data bytea) returns bytea language plpgsql immutable strict parallel safe as $$
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

create function uuid_generate_v3(namespace uuid, name text) returns uuid language sql immutable strict parallel safe
begin atomic
    select uuid_ossp_from_hash(decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex'), 3);
end;

create function uuid_generate_v4() returns uuid language internal volatile strict parallel safe as 'gen_random_uuid';

create function uuid_generate_v5(namespace uuid, name text) returns uuid language sql immutable strict parallel safe
begin atomic
    select uuid_ossp_from_hash(uuid_ossp_sha1(uuid_send(namespace) || convert_to(name, 'UTF8')), 5);
end;

-- Tenths of microseconds since the Gregorian calendar began; the lowest bit of a random node's first byte is set.
create function uuid_generate_v1mc() returns uuid language sql volatile strict parallel safe
begin atomic
    select uuid_ossp_from_hash(
        substr(t.ticks, 5, 4) || substr(t.ticks, 3, 2) || substr(t.ticks, 1, 2)
            || set_byte(t.noise, 2, get_byte(t.noise, 2) | 1),
        1
    )
    from (
        select int8send((extract(epoch from clock_timestamp()) * 10000000)::bigint + 122192928000000000) as ticks,
            substr(uuid_send(gen_random_uuid()), 9, 8) as noise
    ) as t;
end;

create function uuid_generate_v1() returns uuid language sql volatile strict parallel safe
begin atomic
    select uuid_generate_v1mc();
end;
