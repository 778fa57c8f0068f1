-- Schema storage, the functions that policies and clients call, and the triggers. allow_only_operation and
-- allow_any_operation take an operation with or without its prefix `storage.`.
--
-- The listing functions are plain queries where the platform scans with skips. They give the same rows in the same
-- order, but for what the skips get wrong (folders lost in descending order, cursors that lie outside the prefix) and
-- for a search by date below a prefix that ends inside a name.
-- A direct DELETE is refused unless `storage.allow_delete_query` is true; replays of old migrations set it.

set role supabase_storage_admin;

create function storage.foldername(name text) returns text[] language plpgsql immutable as $$
declare
    tokens text[] := string_to_array(name, '/');
begin
    return tokens[1:array_length(tokens, 1) - 1];
end
$$;

create function storage.filename(name text) returns text language plpgsql immutable as $$
declare
    tokens text[] := string_to_array(name, '/');
begin
    return tokens[array_length(tokens, 1)];
end
$$;

create function storage.extension(name text) returns text language plpgsql immutable as $$
declare
    tokens text[] := string_to_array(name, '/');
    file text := tokens[array_length(tokens, 1)];
begin
    return split_part(file, '.', -1);
end
$$;

grant execute on function storage.foldername(text), storage.filename(text), storage.extension(text)
    to postgres, anon, authenticated, service_role, dashboard_user;

create function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text) returns text
    language sql immutable as $$
    select case
        when strpos(substr(p_key, length(p_prefix) + 1), p_delimiter) > 0
        then left(p_key, length(p_prefix) + strpos(substr(p_key, length(p_prefix) + 1), p_delimiter))
    end
$$;

create function storage.operation() returns text language plpgsql stable as $$
begin
    return current_setting('storage.operation', true);
end
$$;

create function storage.allow_only_operation(expected_operation text) returns boolean language sql stable as $$
    select coalesce(
        expected_operation <> ''
        and regexp_replace(storage.operation(), '^storage\.', '')
            = regexp_replace(expected_operation, '^storage\.', ''),
        false
    )
$$;

create function storage.allow_any_operation(expected_operations text[]) returns boolean language sql stable as $$
    select exists (
        select from unnest(expected_operations) as expected (operation)
        where storage.allow_only_operation(expected.operation)
    )
$$;

-- Tries the caller's policies: the insert is undone by the error that reports its success.
create function storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) returns void
    language plpgsql as $$
begin
    insert into storage.objects (bucket_id, name, owner, metadata) values (bucketid, name, owner, metadata);
    raise sqlstate 'PT200' using message = 'ROLLBACK', detail = 'rollback successful insert';
end
$$;

create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text) language plpgsql stable as $$
begin
    return query
        select sum((o.metadata ->> 'size')::bigint)::bigint, o.bucket_id from storage.objects as o group by o.bucket_id;
end
$$;

-- A cursor that names a folder goes past all of it; one that names an object goes past that object.
create function storage.list_objects_with_delimiter(
    _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
    start_after text default '', next_token text default '', sort_order text default 'asc'
) returns table (
    name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz
) language plpgsql stable as $$
declare
    ascending boolean := lower(coalesce(sort_order, 'asc')) = 'asc';
    prefix text := coalesce(prefix_param, '');
    cursor_key text := coalesce(nullif(next_token, ''), start_after, '');
    on_folder boolean := exists (
        select from storage.objects as o
        where o.bucket_id = _bucket_id and starts_with(o.name, cursor_key || delimiter_param)
    );
    seek text := cursor_key || case
        when cursor_key = '' or ascending = false and not on_folder then ''
        when ascending and on_folder then chr(ascii(delimiter_param) + 1)
        else delimiter_param
    end;
begin
    return query
        with listed as (
            select storage.get_common_prefix(o.name, prefix, delimiter_param) as folder, o.*
            from storage.objects as o
            where o.bucket_id = _bucket_id and starts_with(o.name, prefix)
                and (
                    seek = ''
                    or (ascending and o.name collate "C" >= seek)
                    or (not ascending and o.name collate "C" < seek)
                )
        ), entry as (
            select distinct on (coalesce(l.folder, l.name)) coalesce(l.folder, l.name) as key, l.*
            from listed as l
        )
        select rtrim(e.key, case when e.folder is null then '' else delimiter_param end),
            case when e.folder is null then e.id end, case when e.folder is null then e.metadata end,
            case when e.folder is null then e.updated_at end, case when e.folder is null then e.created_at end,
            case when e.folder is null then e.last_accessed_at end
        from entry as e
        order by
            case when ascending then e.key end collate "C",
            case when not ascending then e.key end collate "C" desc
        limit max_keys;
end
$$;

create function storage.list_multipart_uploads_with_delimiter(
    bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
    next_key_token text default '', next_upload_token text default ''
) returns table (key text, id text, created_at timestamptz) language plpgsql as $$
begin
    return query
        select distinct on (entry.key collate "C") entry.key, entry.id, entry.created_at
        from (
            select coalesce(storage.get_common_prefix(u.key, prefix_param, delimiter_param), u.key) as key,
                u.id, u.created_at
            from storage.s3_multipart_uploads as u
            where u.bucket_id = list_multipart_uploads_with_delimiter.bucket_id
                and starts_with(lower(u.key), lower(prefix_param))
                and (next_upload_token = '' or u.id collate "C" > next_upload_token)
        ) as entry
        where next_key_token = '' or next_upload_token <> '' or entry.key collate "C" > next_key_token
        order by entry.key collate "C", entry.created_at
        limit max_keys;
end
$$;

-- Without regard to case. By name, folders that differ in case only are one; by a date, folders come before objects.
create function storage.search(
    prefix text, bucketname text, limits integer default 100, levels integer default 1, offsets integer default 0,
    search text default '', sortcolumn text default 'name', sortorder text default 'asc'
) returns table (
    name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
) language plpgsql stable as $$
declare
    wanted text := lower(coalesce(prefix, '') || coalesce(search, ''));
    skipped integer := length(coalesce(prefix, '')) + 1;
    ascending boolean := lower(coalesce(sortorder, 'asc')) = 'asc';
    by_date boolean := lower(coalesce(sortcolumn, 'name')) in ('updated_at', 'created_at', 'last_accessed_at');
begin
    return query
        with listed as (
            select storage.get_common_prefix(o.name, wanted, '/') as folder, o.*
            from storage.objects as o
            where o.bucket_id = bucketname and starts_with(lower(o.name), wanted)
        ), keyed as (
            select coalesce(l.folder, l.name) as shown,
                case when by_date then coalesce(l.folder, l.name) else lower(coalesce(l.folder, l.name)) end as key, l.*
            from listed as l
        ), entry as (
            select distinct on (k.key, k.folder is null, case when k.folder is null then k.id end) k.*,
                case when k.folder is null then case lower(sortcolumn)
                    when 'updated_at' then k.updated_at
                    when 'created_at' then k.created_at
                    when 'last_accessed_at' then k.last_accessed_at
                end end as moment
            from keyed as k
            order by k.key, k.folder is null, case when k.folder is null then k.id end, lower(k.name) collate "C"
        )
        select rtrim(substr(e.shown, skipped), case when e.folder is null then '' else '/' end),
            case when e.folder is null then e.id end, case when e.folder is null then e.updated_at end,
            case when e.folder is null then e.created_at end, case when e.folder is null then e.last_accessed_at end,
            case when e.folder is null then e.metadata end
        from entry as e
        order by
            by_date and e.folder is null,
            case when ascending then e.moment end,
            case when not ascending then e.moment end desc,
            case when ascending then e.key end collate "C",
            case when not ascending then e.key end collate "C" desc
        limit least(coalesce(limits, 100), 1500)
        offset offsets;
end
$$;

create function storage.search_by_timestamp(
    p_prefix text, p_bucket_id text, p_limit integer, p_level integer, p_start_after text, p_sort_order text,
    p_sort_column text, p_sort_column_after text
) returns table (
    key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
    metadata jsonb
) language plpgsql stable as $$
declare
    after_moment timestamptz := coalesce(nullif(p_sort_column_after, '')::timestamptz, 'epoch');
    ascending boolean := p_sort_order = 'asc';
    prefix text := coalesce(p_prefix, '');
begin
    return query
        with listed as (
            select storage.get_common_prefix(o.name, prefix, '/') as folder, o.*
            from storage.objects as o
            where o.bucket_id = p_bucket_id and starts_with(o.name, prefix)
        ), entry as (
            select rtrim(l.folder, '/') as name, null::uuid as id, min(l.created_at) as updated_at,
                min(l.created_at) as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
            from listed as l
            where l.folder is not null
            group by l.folder
            union all
            select l.name, l.id, l.updated_at, l.created_at, l.last_accessed_at, l.metadata
            from listed as l
            where l.folder is null
        ), keyed as (
            select e.*, date_trunc('milliseconds', case p_sort_column
                when 'updated_at' then e.updated_at
                when 'created_at' then e.created_at
            end) as moment
            from entry as e
        )
        select split_part(k.name, '/', p_level), k.name, k.id, k.updated_at, k.created_at, k.last_accessed_at,
            k.metadata
        from keyed as k
        where p_start_after = ''
            or (ascending and (k.moment, k.name collate "C") > (after_moment, p_start_after))
            or (not ascending and (k.moment, k.name collate "C") < (after_moment, p_start_after))
        order by
            case when ascending then coalesce(k.moment, 'epoch') end,
            case when not ascending then coalesce(k.moment, 'epoch') end desc,
            case when ascending then k.name end collate "C",
            case when not ascending then k.name end collate "C" desc
        limit p_limit;
end
$$;

create function storage.search_v2(
    prefix text, bucket_name text, limits integer default 100, levels integer default 1, start_after text default '',
    sort_order text default 'asc', sort_column text default 'name', sort_column_after text default ''
) returns table (
    key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
    metadata jsonb
) language plpgsql stable as $$
declare
    direction text := case when lower(sort_order) = 'desc' then 'desc' else 'asc' end;
    most integer := least(coalesce(limits, 100), 1500);
begin
    if lower(sort_column) in ('updated_at', 'created_at') then
        return query
            select * from storage.search_by_timestamp(
                prefix, bucket_name, most, levels, start_after, direction, lower(sort_column), sort_column_after
            );
    else
        return query
            select split_part(l.name, '/', levels), l.name, l.id, l.updated_at, l.created_at, l.last_accessed_at,
                l.metadata
            from storage.list_objects_with_delimiter(bucket_name, prefix, '/', most, start_after, '', direction) as l;
    end if;
end
$$;

create function storage.update_updated_at_column() returns trigger language plpgsql as $$
begin
    new.updated_at = now();
    return new;
end
$$;

create function storage.enforce_bucket_name_length() returns trigger language plpgsql as $$
begin
    if length(new.name) > 100 then
        raise exception 'bucket name "%" is too long (% characters). Max is 100.', new.name, length(new.name);
    end if;
    return new;
end
$$;

create function storage.protect_delete() returns trigger language plpgsql as $$
begin
    if current_setting('storage.allow_delete_query', true) is distinct from 'true' then
        raise insufficient_privilege using
            message = 'direct deletion from storage tables is not allowed',
            hint = 'use the Storage API, or set storage.allow_delete_query to true';
    end if;
    return null;
end
$$;

create trigger enforce_bucket_name_length_trigger before insert or update of name on storage.buckets
    for each row execute function storage.enforce_bucket_name_length();
create trigger protect_buckets_delete before delete on storage.buckets
    for each statement execute function storage.protect_delete();
create trigger protect_objects_delete before delete on storage.objects
    for each statement execute function storage.protect_delete();
create trigger update_objects_updated_at before update on storage.objects
    for each row execute function storage.update_updated_at_column();

reset role;
