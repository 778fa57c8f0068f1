-- index_advisor: schema = current, fixed = no, relocatable = yes, version = 0.2.0, runs = yes
-- Which indexes would help a query. A stand-in that has no advice to give: it needs hypopg, the real one.

create function index_advisor(query text)
    returns table (
        startup_cost_before jsonb, startup_cost_after jsonb, total_cost_before jsonb, total_cost_after jsonb,
        index_statements text[], errors text[]
    )
    language plpgsql as $$
begin
    raise feature_not_supported using message = 'index_advisor needs the real hypopg';
end
$$;
