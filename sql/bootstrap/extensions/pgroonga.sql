-- pgroonga: schema = current, fixed = no, relocatable = yes, version = 3.2.5, runs = yes
-- Full text search in any language. A stand-in: queries can be written and are refused when run; its indexes cannot
-- be made. Of its many functions and operators the commonest are here.

create function pgroonga_match_text(target text, keyword text) returns boolean language plpgsql immutable strict as $$
begin
    raise feature_not_supported using message = 'pgroonga is a stand-in and cannot search';
end
$$;

create function pgroonga_query_text(target text, query text) returns boolean language plpgsql immutable strict as $$
begin
    raise feature_not_supported using message = 'pgroonga is a stand-in and cannot search';
end
$$;

create operator &@ (leftarg = text, rightarg = text, function = pgroonga_match_text);
create operator &@~ (leftarg = text, rightarg = text, function = pgroonga_query_text);

create function pgroonga_score(tableoid oid, ctid tid) returns double precision language sql stable strict
    return 0::double precision;

create function pgroonga_escape(value text) returns text language sql immutable strict
    return '"' || replace(replace(value, '\', '\\'), '"', '\"') || '"';
