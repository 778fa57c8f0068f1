-- postgis: schema = current, fixed = no, relocatable = no, version = 3.5.3, runs = yes
-- Geometries on a plane and on the globe. A stand-in: a value is kept as the text it was given, such as
-- `SRID=4326;POINT(1 2)`. Exact for points: making them, their coordinates, their SRID, their text and GeoJSON.
-- Whatever would compute with shapes is refused with an error. Left out: index operator classes, rasters, topology,
-- most of the library's 700 functions.

create type geometry;
create type geography;
create type box2d;
create type box3d;

create function geometry_in(cstring) returns geometry language internal immutable strict parallel safe as 'textin';
create function geometry_out(geometry) returns cstring language internal immutable strict parallel safe as 'textout';
create function geometry_typmod_in(cstring[]) returns integer
    language internal immutable strict parallel safe as 'array_ndims';
create function geography_in(cstring) returns geography language internal immutable strict parallel safe as 'textin';
create function geography_out(geography) returns cstring
    language internal immutable strict parallel safe as 'textout';
create function geography_typmod_in(cstring[]) returns integer
    language internal immutable strict parallel safe as 'array_ndims';
create function box2d_in(cstring) returns box2d language internal immutable strict parallel safe as 'textin';
create function box2d_out(box2d) returns cstring language internal immutable strict parallel safe as 'textout';
create function box3d_in(cstring) returns box3d language internal immutable strict parallel safe as 'textin';
create function box3d_out(box3d) returns cstring language internal immutable strict parallel safe as 'textout';

create type geometry (
    input = geometry_in, output = geometry_out, typmod_in = geometry_typmod_in, internallength = variable,
    storage = main
);
create type geography (
    input = geography_in, output = geography_out, typmod_in = geography_typmod_in, internallength = variable,
    storage = main
);
create type box2d (input = box2d_in, output = box2d_out, internallength = variable);
create type box3d (input = box3d_in, output = box3d_out, internallength = variable);

create type geometry_dump as (path integer[], geom geometry);
create type valid_detail as (valid boolean, reason varchar, location geometry);

create cast (geometry as geography) without function as implicit;
create cast (geography as geometry) without function;
create cast (text as geometry) with inout as implicit;
create cast (geometry as text) with inout as implicit;

create table spatial_ref_sys (
    srid integer not null,
    auth_name varchar(256),
    auth_srid integer,
    srtext varchar(2048),
    proj4text varchar(2048),
    constraint spatial_ref_sys_pkey primary key (srid),
    constraint spatial_ref_sys_srid_check check (srid > 0 and srid <= 998999)
);
grant select on table spatial_ref_sys to public;

create view geometry_columns as
select current_database()::varchar(256) as f_table_catalog, n.nspname as f_table_schema, c.relname as f_table_name,
    a.attname as f_geometry_column, 2 as coord_dimension, 0 as srid, 'GEOMETRY'::varchar(30) as type
from pg_catalog.pg_class as c
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where a.atttypid = 'geometry'::regtype;
grant select on table geometry_columns to public;

create view geography_columns as
select current_database() as f_table_catalog, n.nspname as f_table_schema, c.relname as f_table_name,
    a.attname as f_geography_column, 2 as coord_dimension, 4326 as srid, 'Geometry'::text as type
from pg_catalog.pg_class as c
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where a.atttypid = 'geography'::regtype;
grant select on table geography_columns to public;

-- The stand-in's own: the text without its SRID, a coordinate of a point, and the refusal.
create function postgis_text(geometry) returns text language sql immutable strict parallel safe
    return regexp_replace($1::text, '^\s*SRID=\d+;', '', 'i');
create function postgis_coordinate(geometry, integer) returns double precision
    language sql immutable strict parallel safe
    return (
        regexp_split_to_array(substring(postgis_text($1) from '(?i)^\s*POINT\s*Z?M?\s*\(\s*(.*?)\s*\)\s*$'), '\s+')
    )[$2]::double precision;
create function postgis_refuse(what text) returns text language plpgsql immutable parallel safe as $$
begin
    raise feature_not_supported using message = what || ' needs the real PostGIS; this is a stand-in';
end
$$;

create function postgis_version() returns text language sql immutable
    return '3.5 USE_GEOS=0 USE_PROJ=0 USE_STATS=0';
create function postgis_full_version() returns text language sql immutable
    return 'POSTGIS="3.5.3 stand-in"';

create function st_makepoint(double precision, double precision) returns geometry
    language sql immutable strict parallel safe
    return format('POINT(%s %s)', $1, $2)::geometry;
create function st_makepoint(double precision, double precision, double precision) returns geometry
    language sql immutable strict parallel safe
    return format('POINT Z (%s %s %s)', $1, $2, $3)::geometry;
create function st_point(double precision, double precision) returns geometry
    language sql immutable strict parallel safe
    return format('POINT(%s %s)', $1, $2)::geometry;
create function st_point(double precision, double precision, srid integer) returns geometry
    language sql immutable strict parallel safe
    return format('SRID=%s;POINT(%s %s)', srid, $1, $2)::geometry;
create function st_setsrid(geom geometry, srid integer) returns geometry language sql immutable strict parallel safe
    return format('SRID=%s;%s', srid, postgis_text(geom))::geometry;
create function st_srid(geom geometry) returns integer language sql immutable strict parallel safe
    return coalesce(substring(geom::text from '(?i)^\s*SRID=(\d+);')::integer, 0);
create function st_srid(geog geography) returns integer language sql immutable strict parallel safe
    return coalesce(substring(geog::text from '(?i)^\s*SRID=(\d+);')::integer, 4326);
create function st_geomfromtext(text) returns geometry language sql immutable strict parallel safe
    return $1::geometry;
create function st_geomfromtext(text, integer) returns geometry language sql immutable strict parallel safe
    return st_setsrid($1::geometry, $2);
create function st_geometryfromtext(text) returns geometry language sql immutable strict parallel safe
    return $1::geometry;
create function st_geomfromewkt(text) returns geometry language sql immutable strict parallel safe
    return $1::geometry;
create function st_pointfromtext(text, integer) returns geometry language sql immutable strict parallel safe
    return st_setsrid($1::geometry, $2);
create function st_geogfromtext(text) returns geography language sql immutable strict parallel safe
    return $1::geography;
create function st_geographyfromtext(text) returns geography language sql immutable strict parallel safe
    return $1::geography;
create function geometry(text) returns geometry language sql immutable strict parallel safe
    return $1::geometry;
create function geometry(geography) returns geometry language sql immutable strict parallel safe
    return $1::geometry;
create function geography(geometry) returns geography language sql immutable strict parallel safe
    return $1::geography;
create function st_astext(geometry) returns text language sql immutable strict parallel safe
    return postgis_text($1);
create function st_astext(geography) returns text language sql immutable strict parallel safe
    return postgis_text($1::geometry);
create function st_asewkt(geometry) returns text language sql immutable strict parallel safe
    return $1::text;
create function st_x(geometry) returns double precision language sql immutable strict parallel safe
    return postgis_coordinate($1, 1);
create function st_y(geometry) returns double precision language sql immutable strict parallel safe
    return postgis_coordinate($1, 2);
create function st_z(geometry) returns double precision language sql immutable strict parallel safe
    return postgis_coordinate($1, 3);
create function geometrytype(geometry) returns text language sql immutable strict parallel safe
    return upper(substring(postgis_text($1) from '^\s*([A-Za-z]+)'));
create function st_asgeojson(geom geometry, maxdecimaldigits integer default 9, options integer default 8) returns text
    language sql immutable strict parallel safe
    return case geometrytype(geom)
        when 'POINT' then format('{"type":"Point","coordinates":[%s,%s]}', st_x(geom), st_y(geom))
        else postgis_refuse('st_asgeojson of that shape')
    end;
create function st_asgeojson(geog geography, maxdecimaldigits integer default 9, options integer default 0) returns text
    language sql immutable strict parallel safe
    return st_asgeojson(geog::geometry);


create function st_contains(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_contains')::boolean;
create function st_containsproperly(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_containsproperly')::boolean;
create function st_covers(geom1 geometry, geom2 geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_covers')::boolean;
create function st_coveredby(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_coveredby')::boolean;
create function st_crosses(geom1 geometry, geom2 geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_crosses')::boolean;
create function st_disjoint(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_disjoint')::boolean;
create function st_equals(geom1 geometry, geom2 geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_equals')::boolean;
create function st_intersects(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_intersects')::boolean;
create function st_overlaps(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_overlaps')::boolean;
create function st_touches(geom1 geometry, geom2 geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_touches')::boolean;
create function st_within(geom1 geometry, geom2 geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_within')::boolean;
create function st_orderingequals(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_orderingequals')::boolean;
create function st_covers(geog1 geography, geog2 geography) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_covers')::boolean;
create function st_coveredby(geog1 geography, geog2 geography) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_coveredby')::boolean;
create function st_intersects(geog1 geography, geog2 geography) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_intersects')::boolean;
create function st_dwithin(geom1 geometry, geom2 geometry, double precision) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_dwithin')::boolean;
create function st_dwithin(
    geog1 geography, geog2 geography, tolerance double precision, use_spheroid boolean default true
) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_dwithin')::boolean;
create function st_distance(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_distance')::double precision;
create function st_distance(
    geog1 geography, geog2 geography, use_spheroid boolean default true
) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_distance')::double precision;
create function st_distancesphere(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_distancesphere')::double precision;
create function st_distancespheroid(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_distancespheroid')::double precision;
create function st_azimuth(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_azimuth')::double precision;
create function st_maxdistance(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_maxdistance')::double precision;
create function st_area(geometry) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_area')::double precision;
create function st_area(geog geography, use_spheroid boolean default true) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_area')::double precision;
create function st_length(geometry) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_length')::double precision;
create function st_length(geog geography, use_spheroid boolean default true) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_length')::double precision;
create function st_perimeter(geometry) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_perimeter')::double precision;
create function st_xmin(box3d) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_xmin')::double precision;
create function st_xmax(box3d) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_xmax')::double precision;
create function st_ymin(box3d) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_ymin')::double precision;
create function st_ymax(box3d) returns double precision language sql immutable strict parallel safe
    return postgis_refuse('st_ymax')::double precision;
create function st_isvalid(geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_isvalid')::boolean;
create function st_issimple(geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_issimple')::boolean;
create function st_isempty(geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_isempty')::boolean;
create function st_isclosed(geometry) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('st_isclosed')::boolean;
create function st_isvalidreason(geometry) returns text language sql immutable strict parallel safe
    return postgis_refuse('st_isvalidreason');
create function st_geometrytype(geometry) returns text language sql immutable strict parallel safe
    return postgis_refuse('st_geometrytype');
create function st_dimension(geometry) returns integer language sql immutable strict parallel safe
    return postgis_refuse('st_dimension')::integer;
create function st_npoints(geometry) returns integer language sql immutable strict parallel safe
    return postgis_refuse('st_npoints')::integer;
create function st_numpoints(geometry) returns integer language sql immutable strict parallel safe
    return postgis_refuse('st_numpoints')::integer;
create function st_numgeometries(geometry) returns integer language sql immutable strict parallel safe
    return postgis_refuse('st_numgeometries')::integer;
create function st_geohash(geom geometry, maxchars integer default 0) returns text
    language sql immutable strict parallel safe
    return postgis_refuse('st_geohash');
create function st_transform(geometry, integer) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_transform')::geometry;
create function st_buffer(geom geometry, radius double precision) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_buffer')::geometry;
create function st_buffer(geography, double precision) returns geography language sql immutable strict parallel safe
    return postgis_refuse('st_buffer')::geography;
create function st_centroid(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_centroid')::geometry;
create function st_centroid(geography, use_spheroid boolean default true) returns geography
    language sql immutable strict parallel safe
    return postgis_refuse('st_centroid')::geography;
create function st_pointonsurface(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_pointonsurface')::geometry;
create function st_envelope(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_envelope')::geometry;
create function st_convexhull(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_convexhull')::geometry;
create function st_boundary(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_boundary')::geometry;
create function st_expand(geometry, double precision) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_expand')::geometry;
create function st_simplify(geometry, double precision) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_simplify')::geometry;
create function st_simplifypreservetopology(geometry, double precision) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_simplifypreservetopology')::geometry;
create function st_makevalid(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_makevalid')::geometry;
create function st_snaptogrid(geometry, double precision) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_snaptogrid')::geometry;
create function st_intersection(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_intersection')::geometry;
create function st_difference(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_difference')::geometry;
create function st_symdifference(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_symdifference')::geometry;
create function st_union(geom1 geometry, geom2 geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_union')::geometry;
create function st_collect(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_collect')::geometry;
create function st_union(geometry[]) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_union')::geometry;
create function st_collect(geometry[]) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_collect')::geometry;
create function st_closestpoint(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_closestpoint')::geometry;
create function st_shortestline(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_shortestline')::geometry;
create function st_makeline(geom1 geometry, geom2 geometry) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_makeline')::geometry;
create function st_makeline(geometry[]) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_makeline')::geometry;
create function st_makepolygon(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_makepolygon')::geometry;
create function st_polygon(geometry, integer) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_polygon')::geometry;
create function st_makeenvelope(
    double precision, double precision, double precision, double precision, integer default 0
) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_makeenvelope')::geometry;
create function st_tileenvelope(zoom integer, x integer, y integer) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_tileenvelope')::geometry;
create function st_lineinterpolatepoint(geometry, double precision) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_lineinterpolatepoint')::geometry;
create function st_linelocatepoint(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_linelocatepoint')::double precision;
create function st_linesubstring(geometry, double precision, double precision) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_linesubstring')::geometry;
create function st_startpoint(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_startpoint')::geometry;
create function st_endpoint(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_endpoint')::geometry;
create function st_pointn(geometry, integer) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_pointn')::geometry;
create function st_geometryn(geometry, integer) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_geometryn')::geometry;
create function st_exteriorring(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_exteriorring')::geometry;
create function st_force2d(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_force2d')::geometry;
create function st_multi(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_multi')::geometry;
create function st_flipcoordinates(geometry) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_flipcoordinates')::geometry;
create function st_translate(geometry, double precision, double precision) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_translate')::geometry;
create function st_project(geog geography, distance double precision, azimuth double precision) returns geography
    language sql immutable strict parallel safe
    return postgis_refuse('st_project')::geography;
create function st_segmentize(geometry, double precision) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_segmentize')::geometry;
create function st_subdivide(geom geometry, maxvertices integer default 256) returns setof geometry
    language sql immutable strict parallel safe
begin atomic
    select postgis_refuse('st_subdivide')::geometry;
end;
create function st_geomfromgeojson(text) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_geomfromgeojson')::geometry;
create function st_geomfromgeojson(jsonb) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_geomfromgeojson')::geometry;
create function st_geomfromwkb(bytea) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_geomfromwkb')::geometry;
create function st_geomfromwkb(bytea, integer) returns geometry language sql immutable strict parallel safe
    return postgis_refuse('st_geomfromwkb')::geometry;
create function st_geomfromgeohash(text, integer default null) returns geometry language sql immutable parallel safe
    return postgis_refuse('st_geomfromgeohash')::geometry;
create function st_asbinary(geometry) returns bytea language sql immutable strict parallel safe
    return postgis_refuse('st_asbinary')::bytea;
create function st_asewkb(geometry) returns bytea language sql immutable strict parallel safe
    return postgis_refuse('st_asewkb')::bytea;
create function st_ashexewkb(geometry) returns text language sql immutable strict parallel safe
    return postgis_refuse('st_ashexewkb');
create function st_asmvtgeom(
    geom geometry, bounds box2d, extent integer default 4096, buffer integer default 256, clip_geom boolean default true
) returns geometry
    language sql immutable strict parallel safe
    return postgis_refuse('st_asmvtgeom')::geometry;
create function st_dump(geometry) returns setof geometry_dump language sql immutable strict parallel safe
begin atomic
    select postgis_refuse('st_dump')::geometry_dump;
end;
create function st_clusterwithin(geometry[], double precision) returns geometry[]
    language sql immutable strict parallel safe
    return postgis_refuse('st_clusterwithin')::geometry[];
create function box2d(geometry) returns box2d language sql immutable strict parallel safe
    return postgis_refuse('box2d')::box2d;
create function box3d(geometry) returns box3d language sql immutable strict parallel safe
    return postgis_refuse('box3d')::box3d;
create function st_3ddistance(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_3ddistance')::double precision;
create function st_dfullywithin(geom1 geometry, geom2 geometry, double precision) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('st_dfullywithin')::boolean;
create function st_relate(geom1 geometry, geom2 geometry) returns text language sql immutable strict parallel safe
    return postgis_refuse('st_relate');
create function st_hausdorffdistance(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('st_hausdorffdistance')::double precision;

-- The operators work on bounding boxes.
create function geometry_overlaps(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('&&')::boolean;
create function geography_overlaps(geography, geography) returns boolean language sql immutable strict parallel safe
    return postgis_refuse('&&')::boolean;
create function geometry_contains(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('~')::boolean;
create function geometry_within(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return postgis_refuse('@')::boolean;
create function geometry_distance_centroid(geom1 geometry, geom2 geometry) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('<->')::double precision;
create function geography_distance_knn(geography, geography) returns double precision
    language sql immutable strict parallel safe
    return postgis_refuse('<->')::double precision;
create function geometry_eq(geom1 geometry, geom2 geometry) returns boolean
    language sql immutable strict parallel safe
    return geom1::text = geom2::text;
create operator && (leftarg = geometry, rightarg = geometry, function = geometry_overlaps, commutator = &&);
create operator && (leftarg = geography, rightarg = geography, function = geography_overlaps, commutator = &&);
create operator ~ (leftarg = geometry, rightarg = geometry, function = geometry_contains);
create operator @ (leftarg = geometry, rightarg = geometry, function = geometry_within);
create operator <-> (leftarg = geometry, rightarg = geometry, function = geometry_distance_centroid, commutator = <->);
create operator <-> (leftarg = geography, rightarg = geography, function = geography_distance_knn, commutator = <->);
create operator = (leftarg = geometry, rightarg = geometry, function = geometry_eq, commutator = =);

create function postgis_collect(geometry, geometry) returns geometry language sql immutable parallel safe
    return postgis_refuse('an aggregate of geometries')::geometry;
create aggregate st_collect(geometry) (sfunc = postgis_collect, stype = geometry);
create aggregate st_union(geometry) (sfunc = postgis_collect, stype = geometry);
create aggregate st_extent(geometry) (sfunc = postgis_collect, stype = geometry);
create aggregate st_makeline(geometry) (sfunc = postgis_collect, stype = geometry);
