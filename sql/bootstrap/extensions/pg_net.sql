-- pg_net: schema = current, fixed = no, relocatable = no, version = 0.20.0, runs = yes
-- HTTP requests that do not wait for their answer, in schema net. A stand-in: requests are queued and never sent, so no
-- answer ever comes. Left out: functions that steer or await the worker.

create schema if not exists net;

create domain net.http_method as text check (value ilike 'get' or value ilike 'post' or value ilike 'delete');
create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);

create unlogged table net.http_request_queue (
    id bigserial not null,
    method net.http_method not null,
    url text not null,
    headers jsonb,
    body bytea,
    timeout_milliseconds integer not null
);

create unlogged table net._http_response (
    id bigint,
    status_code integer,
    content_type text,
    headers jsonb,
    content text,
    timed_out boolean,
    error_msg text,
    created timestamptz not null default now()
);
create index _http_response_created_idx on net._http_response (created);

-- The real functions are not SECURITY DEFINER; PUBLIC may use the schema and write its tables instead.
grant usage on schema net to public;
grant all on table net.http_request_queue, net._http_response to public;
grant all on sequence net.http_request_queue_id_seq to public;

-- Percent-encodes every byte but letters, digits and -._~.
create function net._urlencode_string(string varchar) returns text language sql immutable
begin atomic
    select coalesce(string_agg(
        case when b.byte ~ '^(2d|2e|5f|7e|3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])$'
            then convert_from(decode(b.byte, 'hex'), 'UTF8') else '%' || upper(b.byte) end,
        '' order by b.place
    ), '')
    from (
        select substr(encode(convert_to(string, 'UTF8'), 'hex'), i * 2 + 1, 2) as byte, i as place
        from generate_series(0, octet_length(string) - 1) as i
    ) as b;
end;

create function net._encode_url_with_params_array(url text, params_array text[]) returns text language sql immutable
    return url || case when cardinality(params_array) = 0 then '' when strpos(url, '?') > 0 then '&' else '?' end
        || array_to_string(params_array, '&');

create function net.http_get(
    url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
) returns bigint language plpgsql as $$
declare
    request bigint;
    pairs text[] := (
        select coalesce(array_agg(net._urlencode_string(p.key) || '=' || net._urlencode_string(p.value)), '{}')
        from jsonb_each_text(params) as p
    );
begin
    insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
    values ('GET', net._encode_url_with_params_array(url, pairs), headers, timeout_milliseconds)
    returning id into request;
    return request;
end
$$;

create function net.http_post(
    url text, body jsonb default '{}', params jsonb default '{}',
    headers jsonb default '{"Content-Type": "application/json"}', timeout_milliseconds integer default 5000
) returns bigint language plpgsql as $$
declare
    request bigint;
    kind text := (select h.value from jsonb_each_text(headers) as h where lower(h.key) = 'content-type' limit 1);
    pairs text[] := (
        select coalesce(array_agg(net._urlencode_string(p.key) || '=' || net._urlencode_string(p.value)), '{}')
        from jsonb_each_text(params) as p
    );
begin
    if kind is null then
        headers := headers || '{"Content-Type": "application/json"}';
    elsif kind <> 'application/json' then
        raise exception 'Content-Type header must be "application/json"';
    end if;
    insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
    values (
        'POST', net._encode_url_with_params_array(url, pairs), headers, convert_to(body::text, 'UTF8'),
        timeout_milliseconds
    )
    returning id into request;
    return request;
end
$$;

create function net.http_delete(
    url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000,
    body jsonb default null
) returns bigint language plpgsql as $$
declare
    request bigint;
    pairs text[] := (
        select coalesce(array_agg(net._urlencode_string(p.key) || '=' || net._urlencode_string(p.value)), '{}')
        from jsonb_each_text(params) as p
    );
begin
    insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
    values (
        'DELETE', net._encode_url_with_params_array(url, pairs), headers, convert_to(body::text, 'UTF8'),
        timeout_milliseconds
    )
    returning id into request;
    return request;
end
$$;

create function net.http_collect_response(request_id bigint, async boolean default true)
    returns net.http_response_result language plpgsql as $$
begin
    return row('ERROR', 'request matching request_id not found', null)::net.http_response_result;
end
$$;
