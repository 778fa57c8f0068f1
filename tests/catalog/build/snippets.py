"""DDL to run on a server and through the builder, each on an empty database. Some statements are meant to be refused."""

CASES: dict[str, str] = {
    # --- CREATE TABLE -----------------------------------------------------------------------------------------------
    "plain": "create table t (a int, b text not null, c timestamptz default now(), d numeric(10, 2) default 0)",
    "empty": "create table t ()",
    "types": """create table t (a varchar(10), b char(3), c text[], d int[][], e timestamp(3), f interval day to second(2),
        g "char", h bit(3), i varbit, j jsonb, k point, l float(24), m dec, n name, o time with time zone, p bpchar,
        q regclass, r int4range, s tsvector, t money, u pg_lsn, v float8, w double precision, x real, y interval(3))""",
    "user types": """create type mood as enum ('sad', 'ok'); create domain posint as int check (value > 0);
        create type pair as (x int, y int); create schema s; create type s.mood as enum ('fine');
        create table t (a mood, b posint default 3, c pair, d s.mood, e mood[], f public.mood not null default 'ok')""",
    "row type": "create table a (x int); create table b (y a, z a[])",
    "exists": "create table t (a int); create table t (b int); create table if not exists t (c int)",
    "name is a view's": "create view v as select 1 as x; create table v (a int); create table if not exists v (a int)",
    "name is a sequence's": "create sequence s; create table s (a int)",
    "name is a type's": "create type e as enum ('a'); create table e (a int)",
    "duplicate column": "create table t (a int, a text)",
    "unlogged": "create unlogged table t (a serial primary key, b int generated always as identity)",
    "storage options": "create table t (a int) with (fillfactor = 70, autovacuum_enabled = false)",
    "quoted names": """create table "My Table" ("Id" serial primary key, "select" int, "a b" text unique)""",
    "primary key column": "create table t (id int primary key)",
    "primary key table": "create table t (a int, b int, primary key (b, a))",
    "primary key named": "create table t (a int constraint mine primary key)",
    "two primary keys": "create table t (a int primary key, b int primary key)",
    "primary key missing column": "create table t (a int, primary key (nope))",
    "primary key duplicate": "create table t (a int, primary key (a, a))",
    "primary key include": "create table t (a int, b int, primary key (a) include (b))",
    "unique": "create table t (a int unique, b int, c int, unique (b, c), unique nulls not distinct (c))",
    "unique named": "create table t (a int constraint u unique, b int, constraint v unique (b) include (a))",
    "unique and primary": "create table t (a int unique primary key, b int, unique (a), unique (b), unique (b))",
    "unique named and primary": "create table t (a int, constraint u unique (a), primary key (a))",
    "unique deferrable": "create table t (a int unique deferrable, b int unique deferrable initially deferred)",
    "unique options": "create table t (a int unique with (fillfactor = 50))",
    "check column": "create table t (a int check (a > 0), b int check (b > a), c int check (1 > 0) check (c > 2))",
    "check table": "create table t (a int, b int, check (a > 0), check (a > b), constraint c check (b > 0) no inherit)",
    "check many": "create table t (a int check (a > 0) check (a < 10) check (a <> 5))",
    "check same name": "create table t (a int constraint c check (a > 0), b int constraint c check (b > 0))",
    "check missing column": "create table t (a int check (b > 0))",
    "subqueries": """create table t (a int check (a in (select 1))); create table t (a int default (select 1));
        create table t (a int, b int generated always as ((select 1)) stored); create table t (a int default b, b int);
        create table t (a int); create index on t ((a + (select 1))); create index on t (a) where a in (select 1);
        alter table t alter a set default (select 1); alter table t alter a set default a""",
    "exclude": "create table t (a int4range, b int, exclude using gist (a with &&), exclude (b with =) where (b > 0))",
    "exclude named": "create table t (a int, constraint x exclude using btree (a with =, (abs(a)) with =) deferrable)",
    "not null conflict": "create table t (a int null not null)",
    "null serial": "create table t (a serial null)",
    "two defaults": "create table t (a int default 1 default 2)",
    "default and identity": "create table t (a int default 1 generated always as identity)",
    "default null": """create table t (a int default null, b varchar(10) default null, c varchar default null,
        d numeric(4, 1) default null, e text default null::text, f timestamptz(3) default null)""",
    "default null domain": "create domain d as int; create table t (a d default null)",
    "collation": """create table t (a text collate "C", b varchar(3) collate "POSIX", c text collate "default")""",
    "storage and compression": "create table t (a text storage external, b text storage extended, c text compression pglz)",
    "generated": "create table t (a int, b int generated always as (a * 2) stored, c text generated always as ('x') stored)",
    "generated virtual": "create table t (a int, b int generated always as (a * 2), c int generated always as (a) virtual)",
    "generated twice": "create table t (a int generated always as (1) stored generated always as (2) stored)",
    "access method": "create table t (a int) using heap",
    "temporary": """create temp table t (a serial primary key, b text default 'x'); create table pg_temp.u (a int);
        create table t (b int); select 1; alter table t add column c int""",
    "temporary in schema": "create temp table public.t (a int)",
    "temporary reference": "create temp table t (a int primary key); create table u (a int references t)",
    # --- serial and identity ----------------------------------------------------------------------------------------
    "serial": "create table t (a serial, b bigserial, c smallserial, d serial4, e serial8, f serial2)",
    "serial key": "create table t (id serial primary key, name text)",
    "serial name taken": "create sequence t_id_seq; create table t (id serial)",
    "serial default": "create table t (id serial default 3)",
    "serial array": "create table t (a serial[])",
    "serial long name": """create table a_table_with_a_really_rather_long_name_indeed_it_is (
        a_column_with_a_really_rather_long_name_too serial primary key)""",
    "serial other schema": "create schema s; create table s.t (a serial primary key)",
    "identity": "create table t (a int generated always as identity, b bigint generated by default as identity)",
    "identity small": "create table t (a smallint generated always as identity (start 10 increment 5 maxvalue 100))",
    "identity options": """create table t (a int generated by default as identity (sequence name public.mine start with 7
        increment by 2 minvalue 3 no maxvalue cache 9 cycle) primary key)""",
    "identity text": "create table t (a text generated always as identity)",
    "identity null": "create table t (a int null generated always as identity)",
    "identity descending": "create table t (a int generated always as identity (increment -1))",
    # --- foreign keys -----------------------------------------------------------------------------------------------
    "foreign key column": "create table p (id int primary key); create table c (a int references p, b int references p (id))",
    "foreign key actions": """create table p (id int primary key); create table c (
        a int references p on delete cascade, b int references p on delete set null on update cascade,
        c int references p on delete restrict on update set default, d int references p match full)""",
    "foreign key table": """create table p (a int, b int, primary key (a, b)); create table c (x int, y int,
        foreign key (x, y) references p, constraint named foreign key (y, x) references p (b, a) on delete set null (y))""",
    "foreign key deferrable": """create table p (id int primary key); create table c (a int references p deferrable,
        b int references p deferrable initially deferred, c int references p not deferrable, d int references p
        initially immediate)""",
    "foreign key self": "create table t (id int primary key, parent int references t, other int references t (id))",
    "foreign key unique": "create table p (a int unique, b int); create table c (x int references p (a))",
    "foreign key no key": "create table p (a int); create table c (x int references p)",
    "foreign key not unique": "create table p (a int); create table c (x int references p (a))",
    "foreign key partial index": """create table p (a int); create unique index on p (a) where a > 0;
        create table c (x int references p (a))""",
    "foreign key index": "create table p (a int); create unique index on p (a); create table c (x int references p (a))",
    "foreign key count": "create table p (a int primary key); create table c (x int, y int, foreign key (x, y) references p)",
    "foreign key missing column": """create table p (a int primary key);
        create table c (x int, foreign key (nope) references p); create table c (x int references p (nope))""",
    "foreign key types": "create table p (a uuid primary key); create table c (x int references p)",
    "foreign key to view": "create view v as select 1 as a; create table c (x int references v (a))",
    "foreign key not valid": """create table p (a int primary key); create table c (x int);
        alter table c add foreign key (x) references p not valid; alter table c validate constraint c_x_fkey""",
    "foreign key not enforced": "create table p (a int primary key); create table c (x int references p not enforced)",
    "foreign key twice": """create table p (a int primary key); create table c (x int references p references p);
        alter table c add foreign key (x) references p""",
    "foreign key other schema": """create schema s; create table s.p (a int primary key);
        create table c (x int references s.p); set search_path to s, public; create table d (x int references p)""",
    "foreign key deferrable unique": "create table p (a int unique deferrable); create table c (x int references p (a))",
    # --- invented names ---------------------------------------------------------------------------------------------
    "names taken": """create table a (x int unique); create table b (x int, constraint a_x_key1 check (x > 0));
        alter table a add unique (x); create table a_x_idx (y int); create index on a (x); create index on a (x)""",
    "names long": """create table an_identifier_of_about_forty_characters_x (
        another_identifier_of_about_forty_chars_y int unique check (another_identifier_of_about_forty_chars_y > 0),
        yet_another_identifier_of_forty_characters int);
        create index on an_identifier_of_about_forty_characters_x (another_identifier_of_about_forty_chars_y,
        yet_another_identifier_of_forty_characters);
        create index on an_identifier_of_about_forty_characters_x (another_identifier_of_about_forty_chars_y,
        yet_another_identifier_of_forty_characters desc)""",
    "names multibyte": """create table "töpfe_mit_sehr_vielen_umläuten_ä_ö_ü_ä_ö_ü_ä_ö" ("größe_und_länge_und_breite" int unique)""",
    "names of foreign keys": """create table p (id int primary key); create table c (a int references p, b int,
        constraint c_b_fkey check (b > 0), foreign key (b) references p)""",
    "constraint and index share": "create table t (a int, constraint u unique (a)); create table w (b int, constraint u unique (b))",
    "constraint twice": "create table t (a int, b int, constraint u unique (a), constraint u check (b > 0))",
    # --- LIKE -------------------------------------------------------------------------------------------------------
    "like": """create table o (a serial primary key, b text not null default 'x' check (b <> ''), c int unique,
        d int generated always as (c + 1) stored, e int generated always as identity); create table t (like o)""",
    "like all": """create table o (a serial primary key, b text not null default 'x' check (b <> ''), c int unique,
        d int generated always as (c + 1) stored, e int generated by default as identity (start 5), f text storage external);
        create index named on o (b) where c > 0; create index on o (lower(b), c);
        comment on column o.b is 'the b'; comment on table o is 'the o'; comment on index named is 'the index';
        alter table o enable row level security; create policy p on o using (true);
        create table t (like o including all)""",
    "like defaults": "create table o (a serial, b text default 'x'); create table t (z int, like o including defaults, y int)",
    "like constraints": "create table o (a int check (a > 0), b int unique); create table t (like o including constraints)",
    "like indexes": """create table o (a int primary key, b int, unique (b, a), exclude (b with =));
        create unique index on o (b) include (a); create table t (like o including indexes)""",
    "like excluding": "create table o (a int primary key default 3); create table t (like o including all excluding indexes)",
    "like generated": "create table o (a int, b int generated always as (a) stored); create table t (like o including generated)",
    "like identity": "create table o (a int generated always as identity (start 9)); create table t (like o including identity)",
    "like view": "create table o (a int not null default 4); create view v as select a from o; create table t (like v)",
    "like composite": "create type c as (a int, b text); create table t (like c, d int)",
    "like duplicate": "create table o (a int); create table t (a int, like o)",
    "like two keys": "create table o (a int primary key); create table t (b int primary key, like o including indexes)",
    "like foreign key": """create table p (a int primary key); create table o (x int references p);
        create table t (like o including all)""",
    # --- OF ---------------------------------------------------------------------------------------------------------
    "of": """create type c as (a int, b text); create table t of c (primary key (a), b with options default 'x' not null);
        alter table t add column z int; alter table t drop column a""",
    "of missing": "create table t of nope; create type e as enum ('a'); create table t of e",
    "of later": """create type c as (a int, b text); create table t (a int, b text); alter table t of c;
        create table u (a int); alter table u of c; alter table t not of; alter table t not of""",
    # --- inheritance ------------------------------------------------------------------------------------------------
    "inherits": """create table p (a serial primary key, b text not null default 'x' check (b <> ''), c int);
        create table c (d int) inherits (p)""",
    "inherits merge": """create table p (a int, b int default 1 check (b > 0)); create table q (b int not null, e int);
        create table c (b int default 5, d int) inherits (p, q)""",
    "inherits same check": """create table p (a int constraint k check (a > 0));
        create table c (constraint k check (a > 0)) inherits (p); create table d (constraint k check (a > 1)) inherits (p)""",
    "inherits type conflict": "create table p (a int); create table c (a text) inherits (p)",
    "inherits no inherit check": "create table p (a int check (a > 0) no inherit); create table c () inherits (p)",
    "inherits twice": "create table p (a int); create table c () inherits (p, p)",
    "inherits identity": "create table p (a int generated always as identity); create table c () inherits (p)",
    "inherits generated": "create table p (a int, b int generated always as (a) stored); create table c () inherits (p)",
    "inherits add column": """create table p (a int); create table c () inherits (p); create table g () inherits (c);
        alter table p add column b text not null default 'x' check (b <> ''); alter table c add column d int;
        alter table only p add column e int; alter table p add column d int""",
    "inherits drop column": """create table p (a int, b int, d int); create table c (b int) inherits (p);
        create table g () inherits (c); alter table c drop column a; alter table p drop column a;
        alter table p drop column b; alter table only p drop column d""",
    "inherits alter": """create table p (a int, b int); create table c () inherits (p);
        alter table p alter b set default 3; alter table p alter b set not null; alter table p alter b type bigint;
        alter table only p alter a set default 1; alter table c alter a type text; alter table only p alter a type text;
        alter table p alter b drop not null; alter table p alter b drop default""",
    "inherits constraints": """create table p (a int); create table c () inherits (p); create table g () inherits (c);
        alter table p add constraint k check (a > 0); alter table c add constraint own check (a > 1);
        alter table only p add check (a < 9); alter table c drop constraint k; alter table p add check (a <> 3) no inherit;
        alter table p add constraint own check (a > 1); alter table p drop constraint own; alter table p drop constraint k""",
    "inherits later": """create table p (a int not null, constraint k check (a > 0)); create table c (a int);
        alter table c inherit p; alter table c alter a set not null; alter table c inherit p;
        alter table c add constraint k check (a > 0); alter table c inherit p; alter table c inherit p;
        alter table c no inherit p; alter table c no inherit p""",
    "inherits missing column": "create table p (a int); create table c (b int); alter table c inherit p",
    "inherits circle": "create table p (a int); create table c () inherits (p); alter table p inherit c; alter table p inherit p",
    "inherits drop parent": "create table p (a int); create table c () inherits (p); drop table p; drop table p cascade",
    "inherits key": """create table p (a int); create table c () inherits (p); alter table p add primary key (a);
        create index on p (a)""",
    # --- partitions -------------------------------------------------------------------------------------------------
    "partition range": """create table p (a int, b text not null default 'x') partition by range (a);
        create table p1 partition of p for values from (1) to (10);
        create table p2 partition of p for values from (10) to (maxvalue); create table pd partition of p default""",
    "partition list": """create table p (a text, b int) partition by list (a);
        create table p1 partition of p for values in ('x', 'y'); create table pn partition of p for values in (null)""",
    "partition hash": """create table p (a int, b int) partition by hash (a, b);
        create table p0 partition of p for values with (modulus 2, remainder 0);
        create table p1 partition of p for values with (modulus 2, remainder 1)""",
    "partition key forms": """create table a (x int, y text) partition by range (x, lower(y), (x + 1));
        create table b (x text) partition by list (x collate "C"); create table c (x text) partition by hash (x text_pattern_ops);
        create table d (x int) partition by list (nope)""",
    "partition with keys": """create table p (a int primary key, b int unique) partition by range (a);
        create table p (a int primary key, b int, unique (a, b), check (b > 0), foreign key (b) references p (a))
        partition by range (a); create index on p (b); create unique index u on p (a desc);
        create table p1 partition of p for values from (1) to (9); create unique index on p (b)""",
    "partition overrides": """create table p (a int, b int default 1) partition by list (a);
        create table p1 partition of p (b default 7 not null check (b > 0), constraint k check (a > 0), primary key (a))
        for values in (1); create table p2 partition of p (nope int) for values in (2);
        create table p2 partition of p (nope default 3) for values in (2)""",
    "partition nested": """create table p (a int, b int, primary key (a, b)) partition by list (a);
        create table p1 partition of p for values in (1) partition by range (b);
        create table p11 partition of p1 for values from (1) to (2); create index i on p (b);
        create table p12 partition of p1 for values from (2) to (3); alter table p add column c int default 4""",
    "partition foreign key": """create table r (id int primary key); create table p (a int, b int references r)
        partition by list (a); create table p1 partition of p for values in (1);
        alter table p add constraint f foreign key (a) references r; create table p2 partition of p for values in (2)""",
    "partition not partitioned": "create table t (a int); create table c partition of t for values in (1)",
    "partition inherits": "create table p (a int) partition by list (a); create table c () inherits (p)",
    "partition triggers": """create function f() returns trigger language plpgsql as 'begin return new; end';
        create table p (a int) partition by list (a); create trigger r before insert on p for each row execute function f();
        create trigger s after insert on p execute function f(); create table p1 partition of p for values in (1);
        create trigger later after update on p for each row execute function f(); create table p2 (a int);
        alter table p attach partition p2 for values in (2); alter table p disable trigger r;
        alter table p detach partition p1; alter table only p enable always trigger r""",
    "partition rls": """create table p (a int) partition by list (a); alter table p enable row level security;
        create policy x on p using (true); create table p1 partition of p for values in (1)""",
    "partition index only": """create table p (a int) partition by list (a); create table p1 partition of p for values in (1);
        create index i on only p (a); create index i1 on p1 (a); create index other on p1 ((a + 1));
        alter index i attach partition other; alter index i attach partition i1; alter index i attach partition i1;
        create table p2 partition of p for values in (2)""",
    "partition index existing": """create table p (a int) partition by list (a);
        create table p1 partition of p for values in (1); create index mine on p1 (a); create index on p (a);
        create index on p (a); create index concurrently on p (a)""",
    "partition attach": """create table p (a int not null, b int check (b > 0), primary key (a)) partition by list (a);
        create table c (a int not null, b int); alter table p attach partition c for values in (1);
        alter table c add constraint p_b_check check (b > 0); alter table p attach partition c for values in (1);
        alter table p attach partition c for values in (2); create table d (a int not null, b int, z int);
        alter table p attach partition d for values in (3)""",
    "partition attach key": """create table p (a int primary key, b int, unique (a, b)) partition by list (a);
        create table c (a int primary key, b int, constraint own unique (a, b)); create table r (x int primary key);
        alter table p attach partition c for values in (1)""",
    "partition detach": """create table r (id int primary key); create table p (a int primary key, b int references r,
        check (b > 0)) partition by list (a); create table c partition of p for values in (1);
        alter table p detach partition c; alter table p detach partition c""",
    "partition identity": """create table p (a int generated always as identity, b int) partition by list (b);
        create table p1 partition of p for values in (1); alter table p alter a set generated by default;
        alter table p1 alter a set generated always; create table p2 (a int not null, b int);
        alter table p attach partition p2 for values in (2); alter table p detach partition p1""",
    "partition columns": """create table p (a int, b int) partition by list (a);
        create table p1 partition of p for values in (1); alter table p1 add column c int; alter table p1 drop column b;
        alter table p drop column a; alter table p alter a type bigint; alter table p add column c int not null;
        alter table p drop column b; alter table only p drop column c; alter table p1 alter c drop not null;
        alter table p1 alter c set default 4""",
    "partition drop index": """create table p (a int) partition by list (a); create table p1 partition of p for values in (1);
        create index i on p (a); drop index p1_a_idx; drop index i""",
    "partition bounds": """create table p (a timestamptz, b date, c bigint, d boolean, e numeric) partition by range (a, b, c);
        create table p1 partition of p for values from ('2024-01-01', '2024-01-01', 1) to ('2025-01-01', minvalue, minvalue)""",
    "partition drop": """create table p (a int) partition by list (a); create table p1 partition of p for values in (1);
        drop table p""",
    # --- CREATE TABLE AS --------------------------------------------------------------------------------------------
    "as": """create table o (a int primary key, b text default 'x'); create table t as select * from o;
        create table u (x, y) as select a, b from o with no data; create table if not exists t as select 1 as z;
        create table t as select 1 as z""",
    "as expressions": "create table t as select 1 as a, 'x'::text as b, now() as c, 2::bigint as d, null::uuid as e",
    "select into": "create table o (a int, b text); select a, b into t from o; select 1 as x into temp tt",
    "as unlogged": "create unlogged table t with (fillfactor = 50) as select 1 as a",
    # --- ALTER TABLE: columns ---------------------------------------------------------------------------------------
    "add column": """create table t (a int); alter table t add b text; alter table t add column c int not null default 3,
        add column d serial, add e uuid unique, add f int generated always as identity, add g int check (g > 0)""",
    "add column exists": "create table t (a int); alter table t add a text; alter table t add column if not exists a serial unique",
    "add column key": "create table t (a int); alter table t add id serial primary key; alter table t add b int primary key",
    "add column reference": """create table p (id int primary key); create table t (a int);
        alter table t add b int references p on delete cascade, add c int references t (id), add id int unique""",
    "add column order": """create table t (a int); alter table t add constraint k check (b > 0), add column b int,
        add constraint u unique (b)""",
    "add column missing table": "alter table if exists nope add a int",
    "drop column": """create table t (a int primary key, b int unique, c serial, d int check (d > 0), e int, check (d > e));
        create index on t (e); create index on t (b) where e > 1; alter table t drop column a; alter table t drop c, drop d;
        alter table t drop nope; alter table t drop if exists nope; alter table t drop e""",
    "drop column referenced": """create table p (a int primary key, b int unique); create table c (x int references p,
        y int references p (b)); alter table p drop a; alter table p drop a cascade; alter table p drop b cascade""",
    "drop column in view": """create table t (a int, b int); create view v as select a from t; alter table t drop a;
        alter table t drop b; alter table t drop a cascade""",
    "drop column in policy": """create table t (a int, b int); create policy p on t using (a > 0); alter table t drop a;
        alter table t drop a cascade; alter table t drop b""",
    "drop column generated": """create table t (a int, b int generated always as (a + 1) stored); alter table t drop a;
        alter table t drop a cascade""",
    "type": """create table t (a int default 1, b text default 'x', c int unique, d varchar(5) check (d <> ''));
        alter table t alter a type bigint; alter table t alter b type varchar(20), alter c type bigint;
        alter table t alter d type text collate "C"; alter table t alter nope type int""",
    "type identity": """create table t (a int generated always as identity, b serial); alter table t alter a type bigint;
        alter table t alter b type bigint; alter table t alter a type text""",
    "type in view": "create table t (a int, b int); create view v as select a from t; alter table t alter a type text; alter table t alter b type text",
    "type in policy": "create table t (a int, b int); create policy p on t using (a > 0); alter table t alter a type bigint; alter table t alter b type text",
    "type in generated": "create table t (a int, b int generated always as (a) stored); alter table t alter a type bigint; alter table t alter b type bigint",
    "type in trigger": """create table t (a int, b int); create function f() returns trigger language plpgsql as
        'begin return new; end'; create trigger x before update of a on t for each row execute function f();
        alter table t alter a type bigint; alter table t alter b type bigint""",
    "type referenced": """create table p (a int primary key); create table c (x int references p);
        alter table p alter a type bigint; alter table c alter x type bigint""",
    "type storage": "create table t (a text storage external compression pglz); alter table t alter a type varchar",
    "default": """create table t (a int, b int generated always as identity, c int generated always as (a) stored);
        alter table t alter a set default 3; alter table t alter a drop default; alter table t alter b set default 3;
        alter table t alter c set default 3; alter table t alter a set default null; alter table t alter nope set default 1""",
    "not null": """create table t (a int primary key, b int not null, c int, d int generated always as identity);
        alter table t alter a drop not null; alter table t alter b drop not null; alter table t alter c set not null;
        alter table t alter d drop not null; alter table t drop constraint t_pkey; alter table t alter a drop not null""",
    "identity changes": """create table t (a int not null, b int, c int not null default 3, d int generated always as identity);
        alter table t alter a add generated by default as identity (start 4); alter table t alter b add generated always as identity;
        alter table t alter c add generated always as identity; alter table t alter d set generated by default set start 9 restart;
        alter table t alter d drop identity; alter table t alter d drop identity; alter table t alter d drop identity if exists;
        alter table t alter a add generated always as identity; alter table t alter b set generated always""",
    "generation changes": """create table t (a int, b int generated always as (a) stored);
        alter table t alter b set expression as (a + 2); alter table t alter a set expression as (3);
        alter table t alter a drop expression; alter table t alter a drop expression if exists; alter table t alter b drop expression""",
    "column attributes": """create table t (a text, b int); alter table t alter a set statistics 100, alter a set storage main,
        alter a set compression pglz, alter b set (n_distinct = 5, n_distinct_inherited = -1); alter table t alter b reset (n_distinct);
        alter table t alter b set storage external; alter table t alter a set statistics -1; alter table t alter a set storage default""",
    # --- ALTER TABLE: constraints -----------------------------------------------------------------------------------
    "add constraints": """create table t (a int, b int, c text); alter table t add primary key (a), add unique (b),
        add check (b > 0), add constraint x check (c <> '') not valid, add exclude (b with =);
        alter table t add primary key (b); alter table t add constraint x check (b > 1); alter table t validate constraint x;
        alter table t validate constraint t_pkey; alter table t validate constraint nope""",
    "drop constraints": """create table p (a int primary key, b int unique); create table t (a int references p, b int check (b > 0),
        c int references p (b)); alter table t drop constraint t_b_check; alter table t drop constraint t_b_check;
        alter table t drop constraint if exists t_b_check; alter table t drop constraint t_a_fkey;
        alter table p drop constraint p_b_key; alter table p drop constraint p_b_key cascade; drop index p_pkey""",
    "using index": """create table t (a int, b int); create unique index i on t (a); create unique index j on t (b);
        create index k on t (b); create unique index e on t ((a + 1)); alter table t add primary key using index i;
        alter table t add constraint named unique using index j deferrable; alter table t add unique using index k;
        alter table t add unique using index e; alter table t add unique using index named""",
    "alter constraint": """create table p (a int primary key); create table t (a int references p, b int unique);
        alter table t alter constraint t_a_fkey deferrable initially deferred; alter table t alter constraint t_b_key deferrable;
        alter table t alter constraint t_a_fkey not deferrable; alter table t alter constraint nope deferrable;
        alter table t alter constraint t_a_fkey not enforced; alter table t alter constraint t_a_fkey enforced""",
    "not null constraint": "create table t (a int not null, b int); alter table t drop constraint t_a_not_null; alter table t drop constraint t_b_not_null",
    "drop primary key": "create table t (a int primary key); alter table t drop constraint t_pkey",
    # --- ALTER TABLE: the rest --------------------------------------------------------------------------------------
    "row security": """create table t (a int); alter table t enable row level security, force row level security;
        alter table t no force row level security; create view v as select 1 as x; alter table v enable row level security""",
    "owner": """create table t (a serial primary key); alter table t owner to pg_monitor;
        alter sequence t_a_seq owner to postgres""",
    "logged": "create table t (a serial); alter table t set unlogged; create sequence s; alter sequence s set unlogged; alter table t set logged",
    "options": "create table t (a int) with (fillfactor = 70); alter table t set (autovacuum_enabled = off, fillfactor = 80); alter table t reset (fillfactor)",
    "index options": "create table t (a int); create index i on t (a); alter index i set (fillfactor = 70); alter index i reset (fillfactor); alter index t set (fillfactor = 10)",
    "replica identity": """create table t (a int not null, b int); create unique index i on t (a); create index j on t (b);
        alter table t replica identity full; alter table t replica identity nothing; alter table t replica identity using index i;
        alter table t replica identity using index j; alter table t replica identity using index nope; drop index i""",
    "triggers": """create table t (a int); create function f() returns trigger language plpgsql as 'begin return new; end';
        create trigger x before insert on t for each row execute function f(); create trigger y after insert on t execute function f();
        alter table t disable trigger x; alter table t enable always trigger y; alter table t disable trigger nope;
        alter table t enable replica trigger x; alter table t disable trigger user; alter table t enable trigger all""",
    "rules": "create table t (a int); create rule r as on insert to t do instead nothing; alter table t disable rule r; alter table t enable always rule r; alter table t disable rule nope",
    "wrong kind": """create table t (a int); create view v as select 1 as x; create sequence s; create index i on t (a);
        alter view t set (security_barrier); alter index t set (fillfactor = 50); alter sequence t cycle;
        alter table v add column b int; alter table v alter x set default 3; alter table i add column x int""",
    "cluster": "create table t (a int); create index i on t (a); alter table t cluster on i; alter table t cluster on nope; alter table t set without cluster",
    "missing": "alter table if exists nope drop column a; alter index if exists nope set (fillfactor = 10); alter sequence if exists nope cycle",
    "composite": """create type c as (a int); alter type c add attribute b text; alter type c drop attribute a;
        alter type c alter attribute b type int; alter type c drop attribute if exists nope; alter type c drop attribute nope""",
    "matview": "create table t (a int); create materialized view m as select a from t; create index on m (a); create unique index u on m (a); alter materialized view m alter a set statistics 5; alter index u set (fillfactor = 50)",
    # --- indexes ----------------------------------------------------------------------------------------------------
    "index": """create table t (a int, b text, c jsonb, d int4range); create index on t (a); create index named on t (b desc, a nulls first);
        create unique index on t (a) include (b) where a > 0; create index on t using gin (c jsonb_path_ops);
        create index on t using hash (b); create index on t using gist (d); create index on t (b text_pattern_ops);
        create index on t (b text_ops, a int4_ops); create index on t using brin (a) with (pages_per_range = 4)""",
    "index expressions": """create table t (a text, b int, c jsonb); create index on t (lower(a)); create index on t ((b + 1), (b * 2));
        create index on t ((c ->> 'x')); create index on t (lower(a), lower(a), b, b); create index on t (coalesce(b, 0));
        create index on t ((a::text)); create index on t ((b is null)); create index on t (md5(a) desc)""",
    "index if not exists": """create table t (a int); create index i on t (a); create index i on t (a);
        create index if not exists i on t (nope); create index if not exists t on t (a)""",
    "index missing column": "create table t (a int); create index on t (b)",
    "index on view": "create view v as select 1 as x; create index on v (x); create sequence s; create index on s (last_value)",
    "index concurrently": "create table t (a int); create index concurrently i on t (a); drop index concurrently i",
    "index collation": """create table t (a text, b text collate "C"); create index on t (a collate "C", b collate "C")""",
    "index nulls": "create table t (a int); create unique index on t (a) nulls not distinct; create index on t (a nulls first); create index on t (a desc nulls last)",
    "index include": "create table t (a int, b int, c int); create index on t (a) include (b, c); create unique index on t (b) include (a)",
    "index names": "create table t (a int, b int); create index on t (a, b); create index on t (a, b); create index on t (a) where b > 0; create table t_a_idx1 (x int); create index on t (a)",
    "drop index": "create table t (a int unique, b int); create index i on t (b); drop index i; drop index t_a_key; drop index if exists nope; drop index nope",
    # --- sequences --------------------------------------------------------------------------------------------------
    "sequence": "create sequence a; create sequence b as smallint increment -1; create sequence c start 5 minvalue 2 maxvalue 9 cache 3 cycle; create sequence if not exists a; create sequence a",
    "sequence limits": """create sequence a as int maxvalue 9999999999; create sequence b minvalue 5 maxvalue 4; create sequence c start 0;
        create sequence d increment 0; create sequence e cache 0; create sequence f as text; create sequence g increment -2 start -1 no minvalue""",
    "sequence owned": """create table t (a int, b int); create sequence s owned by t.a; create sequence u; alter sequence u owned by t.nope;
        alter sequence u owned by t.b; alter sequence s owned by none; alter table t drop column b; alter sequence s owned by nope.a""",
    "sequence alter": """create sequence s; alter sequence s as int; alter sequence s increment 3 cycle cache 5; alter sequence s as bigint;
        alter sequence s maxvalue 50 start 7; alter sequence s no maxvalue restart; alter sequence s minvalue 8; alter sequence s restart with 3""",
    "sequence type down": "create sequence s maxvalue 100000; alter sequence s as smallint; alter sequence s as int",
    "sequence identity owned": "create table t (a int generated always as identity); alter sequence t_a_seq owned by none; drop sequence t_a_seq; alter sequence t_a_seq increment 2",
    "sequence serial dropped": "create table t (a serial); drop sequence t_a_seq; drop sequence t_a_seq cascade",
    "sequence other owner": "create schema s; create table s.t (a int); create sequence q owned by s.t.a",
    "sequence temporary": "create temp sequence q; create sequence pg_temp.w",
    "sequence table drop": "create table t (a serial, b int); create sequence s owned by t.b; drop table t",
    "sequence unlogged": "create unlogged sequence s",
    # --- dumps ------------------------------------------------------------------------------------------------------
    "dump": """create table public.users (id integer not null, email character varying(255) default null::character varying,
        created_at timestamp without time zone default now() not null);
        create sequence public.users_id_seq as integer start with 1 increment by 1 no minvalue no maxvalue cache 1;
        alter sequence public.users_id_seq owned by public.users.id;
        alter table only public.users alter column id set default nextval('public.users_id_seq'::regclass);
        alter table only public.users add constraint users_pkey primary key (id);
        create unique index index_users_on_email on public.users using btree (email);
        create table public.posts (id bigint not null, user_id integer);
        alter table public.posts alter column id add generated always as identity (sequence name public.posts_id_seq
        start with 1 increment by 1 no minvalue no maxvalue cache 1);
        alter table only public.posts add constraint fk_rails foreign key (user_id) references public.users (id)""",
    "refused statement changes nothing": "create table t (a int); alter table t add b int, add c int references nope_table_x (id), add a int",
}
