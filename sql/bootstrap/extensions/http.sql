-- http: schema = current, fixed = no, relocatable = yes, version = 1.6, runs = yes
-- HTTP requests that wait for their answer. A stand-in that sends nothing: every request is refused with an error,
-- but for the one that suites ask database.dev for its installer with: the answer names a package without SQL.
-- Exact: the types, http_header, urlencode, text_to_bytea, bytea_to_text.

create domain http_method as text;
create domain content_type as text check (value ~ '^\S+\/\S+');
create type http_header as (field varchar, value varchar);
create type http_response as (status integer, content_type varchar, headers http_header[], content varchar);
create type http_request as (
    method http_method, uri varchar, headers http_header[], content_type varchar, content varchar
);

create function http_header(field varchar, value varchar) returns http_header language sql
    return row(field, value)::http_header;

create function http_set_curlopt(curlopt varchar, value varchar) returns boolean language sql
    return true;
create function http_reset_curlopt() returns boolean language sql
    return true;

create function http(request http_request) returns http_response language plpgsql as $$
begin
    if request.uri ~ '^https://api\.database\.dev/rest/v1/package_versions\?' then
        return row(200, 'application/json', null, '[{"version": "0.0.5", "sql": ""}]')::http_response;
    end if;
    raise feature_not_supported using
        message = format('no %s request to %s: a throwaway database has no network', request.method, request.uri);
end
$$;

create function http_get(uri varchar) returns http_response language sql
    return http(row('GET', uri, null, null, null)::http_request);
create function http_head(uri varchar) returns http_response language sql
    return http(row('HEAD', uri, null, null, null)::http_request);
create function http_delete(uri varchar) returns http_response language sql
    return http(row('DELETE', uri, null, null, null)::http_request);
create function http_delete(uri varchar, content varchar, content_type varchar) returns http_response language sql
    return http(row('DELETE', uri, null, content_type, content)::http_request);
create function http_post(uri varchar, content varchar, content_type varchar) returns http_response language sql
    return http(row('POST', uri, null, content_type, content)::http_request);
create function http_put(uri varchar, content varchar, content_type varchar) returns http_response language sql
    return http(row('PUT', uri, null, content_type, content)::http_request);
create function http_patch(uri varchar, content varchar, content_type varchar) returns http_response language sql
    return http(row('PATCH', uri, null, content_type, content)::http_request);

create function text_to_bytea(data text) returns bytea language sql immutable strict
    return convert_to(data, 'UTF8');
create function bytea_to_text(data bytea) returns text language sql immutable strict
    return convert_from(data, 'UTF8');

-- Percent-encodes every byte but letters, digits and -._*; a blank becomes a plus sign.
create function urlencode(string bytea) returns text language sql immutable strict
begin atomic
    select coalesce(string_agg(
        case
            when b.byte ~ '^(2a|2d|2e|5f|3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])$'
                then convert_from(decode(b.byte, 'hex'), 'UTF8')
            when b.byte = '20' then '+'
            else '%' || upper(b.byte)
        end,
        '' order by b.place
    ), '')
    from (
        select substr(encode(string, 'hex'), i * 2 + 1, 2) as byte, i as place
        from generate_series(0, length(string) - 1) as i
    ) as b;
end;
create function urlencode(string varchar) returns text language sql immutable strict
    return urlencode(convert_to(string, 'UTF8'));
create function urlencode(data jsonb) returns text language sql immutable strict
begin atomic
    select string_agg(urlencode(p.key::varchar) || '=' || urlencode(p.value::varchar), '&')
    from jsonb_each_text(data) as p;
end;

create function http_get(uri varchar, data jsonb) returns http_response language sql
    return http_get((uri || '?' || urlencode(data))::varchar);
create function http_post(uri varchar, data jsonb) returns http_response language sql
    return http_post(uri, urlencode(data)::varchar, 'application/x-www-form-urlencoded'::varchar);
