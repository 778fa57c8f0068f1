-- pg_jsonschema: schema = current, fixed = no, relocatable = no, version = 0.3.3, runs = yes
-- Validation against a JSON schema. A stand-in that cannot validate: it refuses with an error rather than let all pass.

create function jsonb_matches_schema(schema json, instance jsonb) returns boolean
    language plpgsql immutable strict as $$
begin
    raise feature_not_supported using message = 'jsonb_matches_schema needs the real pg_jsonschema';
end
$$;

create function json_matches_schema(schema json, instance json) returns boolean
    language plpgsql immutable strict as $$
begin
    raise feature_not_supported using message = 'json_matches_schema needs the real pg_jsonschema';
end
$$;

create function jsonschema_is_valid(schema json) returns boolean language plpgsql immutable strict as $$
begin
    raise feature_not_supported using message = 'jsonschema_is_valid needs the real pg_jsonschema';
end
$$;

create function jsonschema_validation_errors(schema json, instance json) returns text[]
    language plpgsql immutable strict as $$
begin
    raise feature_not_supported using message = 'jsonschema_validation_errors needs the real pg_jsonschema';
end
$$;
