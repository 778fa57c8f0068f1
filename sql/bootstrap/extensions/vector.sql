-- vector: schema = current, fixed = no, relocatable = yes, version = 0.8.1, runs = yes
-- Vectors and their distances. A stand-in for a server without pgvector: values are kept as text, `[1,2,3]`,
-- unchecked in form and dimensions; distances are exact. Its indexes can be made, without options, and are used for
-- nothing. Left out: ordering, arithmetic on halfvec and sparsevec, and distances of bit strings.

create type vector;
create type halfvec;
create type sparsevec;

create function vector_in(cstring) returns vector language internal immutable strict parallel safe as 'textin';
create function vector_out(vector) returns cstring language internal immutable strict parallel safe as 'textout';
create function vector_typmod_in(cstring[]) returns integer
    language internal immutable strict parallel safe as 'varchartypmodin';
create function vector_typmod_out(integer) returns cstring
    language internal immutable strict parallel safe as 'varchartypmodout';
create function halfvec_in(cstring) returns halfvec language internal immutable strict parallel safe as 'textin';
create function halfvec_out(halfvec) returns cstring language internal immutable strict parallel safe as 'textout';
create function sparsevec_in(cstring) returns sparsevec language internal immutable strict parallel safe as 'textin';
create function sparsevec_out(sparsevec) returns cstring
    language internal immutable strict parallel safe as 'textout';

create type vector (
    input = vector_in, output = vector_out, typmod_in = vector_typmod_in, typmod_out = vector_typmod_out,
    internallength = variable, storage = external
);
create type halfvec (
    input = halfvec_in, output = halfvec_out, typmod_in = vector_typmod_in, typmod_out = vector_typmod_out,
    internallength = variable, storage = external
);
create type sparsevec (
    input = sparsevec_in, output = sparsevec_out, typmod_in = vector_typmod_in, typmod_out = vector_typmod_out,
    internallength = variable, storage = external
);

-- The stand-in's own: the numbers of a vector, and a vector of numbers.
create function vector_numbers(vector) returns double precision[] language sql immutable strict parallel safe
    return string_to_array(btrim($1::text, '[] '), ',')::double precision[];
create function vector_of(double precision[]) returns vector language sql immutable strict parallel safe
    return ('[' || array_to_string($1, ',') || ']')::vector;

create function vector_dims(vector) returns integer language sql immutable strict parallel safe
    return cardinality(vector_numbers($1));

create function vector_norm(vector) returns double precision language sql immutable strict parallel safe
begin atomic
    select sqrt(sum(x * x)) from unnest(vector_numbers($1)) as x;
end;

create function inner_product(vector, vector) returns double precision language sql immutable strict parallel safe
begin atomic
    select sum(x * y) from unnest(vector_numbers($1), vector_numbers($2)) as p (x, y);
end;

create function l2_distance(vector, vector) returns double precision language sql immutable strict parallel safe
begin atomic
    select sqrt(sum((x - y) * (x - y))) from unnest(vector_numbers($1), vector_numbers($2)) as p (x, y);
end;

create function l1_distance(vector, vector) returns double precision language sql immutable strict parallel safe
begin atomic
    select sum(abs(x - y)) from unnest(vector_numbers($1), vector_numbers($2)) as p (x, y);
end;

create function cosine_distance(vector, vector) returns double precision language sql immutable strict parallel safe
    return 1 - inner_product($1, $2) / nullif(vector_norm($1) * vector_norm($2), 0);

create function vector_negative_inner_product(vector, vector) returns double precision
    language sql immutable strict parallel safe
    return -inner_product($1, $2);

create function l2_normalize(vector) returns vector language sql immutable strict parallel safe
begin atomic
    select vector_of(array_agg(x / vector_norm($1) order by place))
    from unnest(vector_numbers($1)) with ordinality as u (x, place);
end;

create function subvector(vector, integer, integer) returns vector language sql immutable strict parallel safe
    return vector_of((vector_numbers($1))[$2 : $2 + $3 - 1]);

create function vector_add(vector, vector) returns vector language sql immutable strict parallel safe
begin atomic
    select vector_of(array_agg(x + y order by place))
    from unnest(vector_numbers($1), vector_numbers($2)) with ordinality as p (x, y, place);
end;

create function vector_sub(vector, vector) returns vector language sql immutable strict parallel safe
begin atomic
    select vector_of(array_agg(x - y order by place))
    from unnest(vector_numbers($1), vector_numbers($2)) with ordinality as p (x, y, place);
end;

create function vector_mul(vector, vector) returns vector language sql immutable strict parallel safe
begin atomic
    select vector_of(array_agg(x * y order by place))
    from unnest(vector_numbers($1), vector_numbers($2)) with ordinality as p (x, y, place);
end;

create function vector_concat(vector, vector) returns vector language sql immutable strict parallel safe
    return vector_of(vector_numbers($1) || vector_numbers($2));

create function vector_eq(vector, vector) returns boolean language sql immutable strict parallel safe
    return vector_numbers($1) = vector_numbers($2);
create function vector_ne(vector, vector) returns boolean language sql immutable strict parallel safe
    return vector_numbers($1) <> vector_numbers($2);

create operator <-> (leftarg = vector, rightarg = vector, function = l2_distance, commutator = <->);
create operator <#> (leftarg = vector, rightarg = vector, function = vector_negative_inner_product, commutator = <#>);
create operator <=> (leftarg = vector, rightarg = vector, function = cosine_distance, commutator = <=>);
create operator <+> (leftarg = vector, rightarg = vector, function = l1_distance, commutator = <+>);
create operator + (leftarg = vector, rightarg = vector, function = vector_add, commutator = +);
create operator - (leftarg = vector, rightarg = vector, function = vector_sub);
create operator * (leftarg = vector, rightarg = vector, function = vector_mul, commutator = *);
create operator || (leftarg = vector, rightarg = vector, function = vector_concat);
create operator = (leftarg = vector, rightarg = vector, function = vector_eq, commutator = =, negator = <>);
create operator <> (leftarg = vector, rightarg = vector, function = vector_ne, commutator = <>, negator = =);

create function vector_accum(double precision[], vector) returns double precision[]
    language sql immutable strict parallel safe
begin atomic
    select array_append(array_agg(coalesce(x, 0) + y order by place), $1[cardinality($1)] + 1)
    from unnest($1[: cardinality($1) - 1], vector_numbers($2)) with ordinality as p (x, y, place);
end;
create function vector_avg(double precision[]) returns vector language sql immutable strict parallel safe
begin atomic
    select vector_of(array_agg(x / $1[cardinality($1)] order by place))
    from unnest($1[: cardinality($1) - 1]) with ordinality as u (x, place);
end;
create aggregate avg(vector) (
    sfunc = vector_accum, stype = double precision[], finalfunc = vector_avg, initcond = '{0}'
);
create aggregate sum(vector) (sfunc = vector_add, stype = vector);

create function array_to_vector(integer[], integer, boolean) returns vector language sql immutable strict parallel safe
    return vector_of($1::double precision[]);
create function array_to_vector(real[], integer, boolean) returns vector language sql immutable strict parallel safe
    return vector_of($1::double precision[]);
create function array_to_vector(double precision[], integer, boolean) returns vector
    language sql immutable strict parallel safe
    return vector_of($1);
create function array_to_vector(numeric[], integer, boolean) returns vector language sql immutable strict parallel safe
    return vector_of($1::double precision[]);
create function vector_to_float4(vector, integer, boolean) returns real[] language sql immutable strict parallel safe
    return vector_numbers($1)::real[];

create cast (integer[] as vector) with function array_to_vector(integer[], integer, boolean) as assignment;
create cast (real[] as vector) with function array_to_vector(real[], integer, boolean) as assignment;
create cast (double precision[] as vector)
    with function array_to_vector(double precision[], integer, boolean) as assignment;
create cast (numeric[] as vector) with function array_to_vector(numeric[], integer, boolean) as assignment;
create cast (vector as real[]) with function vector_to_float4(vector, integer, boolean) as implicit;
create cast (vector as halfvec) with inout as implicit;
create cast (halfvec as vector) with inout as assignment;

-- Index methods that keep hashes, in which no operator ever looks.
create access method hnsw type index handler hashhandler;
create access method ivfflat type index handler hashhandler;
create operator class vector_l2_ops for type vector using hnsw
    as function 1 (vector, vector) hashvarlena(internal);
create operator class vector_ip_ops for type vector using hnsw
    as function 1 (vector, vector) hashvarlena(internal);
create operator class vector_cosine_ops for type vector using hnsw
    as function 1 (vector, vector) hashvarlena(internal);
create operator class vector_l1_ops for type vector using hnsw
    as function 1 (vector, vector) hashvarlena(internal);
create operator class halfvec_l2_ops for type halfvec using hnsw
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class halfvec_ip_ops for type halfvec using hnsw
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class halfvec_cosine_ops for type halfvec using hnsw
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class halfvec_l1_ops for type halfvec using hnsw
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class sparsevec_l2_ops for type sparsevec using hnsw
    as function 1 (sparsevec, sparsevec) hashvarlena(internal);
create operator class sparsevec_ip_ops for type sparsevec using hnsw
    as function 1 (sparsevec, sparsevec) hashvarlena(internal);
create operator class sparsevec_cosine_ops for type sparsevec using hnsw
    as function 1 (sparsevec, sparsevec) hashvarlena(internal);
create operator class sparsevec_l1_ops for type sparsevec using hnsw
    as function 1 (sparsevec, sparsevec) hashvarlena(internal);
create operator class bit_hamming_ops for type bit using hnsw
    as function 1 (bit, bit) hashvarlena(internal);
create operator class bit_jaccard_ops for type bit using hnsw
    as function 1 (bit, bit) hashvarlena(internal);
create operator class vector_l2_ops default for type vector using ivfflat
    as function 1 (vector, vector) hashvarlena(internal);
create operator class vector_ip_ops for type vector using ivfflat
    as function 1 (vector, vector) hashvarlena(internal);
create operator class vector_cosine_ops for type vector using ivfflat
    as function 1 (vector, vector) hashvarlena(internal);
create operator class halfvec_l2_ops for type halfvec using ivfflat
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class halfvec_ip_ops for type halfvec using ivfflat
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class halfvec_cosine_ops for type halfvec using ivfflat
    as function 1 (halfvec, halfvec) hashvarlena(internal);
create operator class bit_hamming_ops for type bit using ivfflat
    as function 1 (bit, bit) hashvarlena(internal);
