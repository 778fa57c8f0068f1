"""CREATE TABLE, its sequences and the names that Postgres invents: DDL to run on a server and in the builder."""

CASES: dict[str, str] = {
    # --- CREATE TABLE -------------------------------------------------------------------------------------------------
    "plain": "create table t (a int, b text not null, c timestamptz default now(), d numeric(10, 2) default 0)",
    "empty": "create table t ()",
    "types": """
        create table t (a varchar(10), b char(3), c text[], d int[][], e timestamp(3), f interval day to second(2),
        g "char", h bit(3), i varbit, j jsonb, k point, l float(24), m dec, n name, o time with time zone, p bpchar,
        q regclass, r int4range, s tsvector, t money, u pg_lsn, v float8, w double precision, x real, y interval(3))""",
    "user types": """
        create type mood as enum ('sad', 'ok'); create domain posint as int check (value > 0); create type pair as
        (x int, y int); create schema s; create type s.mood as enum ('fine'); create table t (a mood, b posint
        default 3, c pair, d s.mood, e mood[], f public.mood not null default 'ok')""",
    "row type": "create table a (x int); create table b (y a, z a[])",
    "exists": "create table t (a int); create table t (b int); create table if not exists t (c int)",
    "name is a view's": "create view v as select 1 as x; create table v (a int); create table if not exists v (a int)",
    "name is a sequence's": "create sequence s; create table s (a int)",
    "name is a type's": "create type e as enum ('a'); create table e (a int)",
    "duplicate column": "create table t (a int, a text)",
    "unlogged": "create unlogged table t (a serial primary key, b int generated always as identity)",
    "storage options": "create table t (a int) with (fillfactor = 70, autovacuum_enabled = false)",
    "quoted names": """
        create table "My Table" ("Id" serial primary key, "select" int, "a b" text unique)""",
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
    "subqueries": """
        create table t (a int check (a in (select 1))); create table t (a int default (select 1)); create table t (a
        int, b int generated always as ((select 1)) stored); create table t (a int default b, b int); create table t
        (a int); create index on t ((a + (select 1))); create index on t (a) where a in (select 1); alter table t
        alter a set default (select 1); alter table t alter a set default a""",
    "exclude": "create table t (a int4range, b int, exclude using gist (a with &&), exclude (b with =) where (b > 0))",
    "exclude named": "create table t (a int, constraint x exclude using btree (a with =, (abs(a)) with =) deferrable)",
    "not null conflict": "create table t (a int null not null)",
    "null serial": "create table t (a serial null)",
    "two defaults": "create table t (a int default 1 default 2)",
    "default and identity": "create table t (a int default 1 generated always as identity)",
    "default null": """
        create table t (a int default null, b varchar(10) default null, c varchar default null, d numeric(4, 1)
        default null, e text default null::text, f timestamptz(3) default null)""",
    "default null domain": "create domain d as int; create table t (a d default null)",
    "collation": """
        create table t (a text collate "C", b varchar(3) collate "POSIX", c text collate "default")""",
    "storage and compression": """
        create table t (a text storage external, b text storage extended, c text compression pglz)""",
    "generated": """
        create table t (a int, b int generated always as (a * 2) stored, c text generated always as ('x') stored)""",
    "generated virtual": """
        create table t (a int, b int generated always as (a * 2), c int generated always as (a) virtual)""",
    "generated twice": "create table t (a int generated always as (1) stored generated always as (2) stored)",
    "access method": "create table t (a int) using heap",
    "temporary": """
        create temp table t (a serial primary key, b text default 'x'); create table pg_temp.u (a int); create table
        t (b int); select 1; alter table t add column c int""",
    "temporary in schema": "create temp table public.t (a int)",
    "temporary reference": "create temp table t (a int primary key); create table u (a int references t)",
    # --- serial and identity ------------------------------------------------------------------------------------------
    "serial": "create table t (a serial, b bigserial, c smallserial, d serial4, e serial8, f serial2)",
    "serial key": "create table t (id serial primary key, name text)",
    "serial name taken": "create sequence t_id_seq; create table t (id serial)",
    "serial default": "create table t (id serial default 3)",
    "serial array": "create table t (a serial[])",
    "serial long name": """
        create table a_table_with_a_really_rather_long_name_indeed_it_is (
        a_column_with_a_really_rather_long_name_too serial primary key)""",
    "serial other schema": "create schema s; create table s.t (a serial primary key)",
    "identity": "create table t (a int generated always as identity, b bigint generated by default as identity)",
    "identity small": "create table t (a smallint generated always as identity (start 10 increment 5 maxvalue 100))",
    "identity options": """
        create table t (a int generated by default as identity (sequence name public.mine start with 7 increment by
        2 minvalue 3 no maxvalue cache 9 cycle) primary key)""",
    "identity text": "create table t (a text generated always as identity)",
    "identity null": "create table t (a int null generated always as identity)",
    "identity descending": "create table t (a int generated always as identity (increment -1))",
    # --- foreign keys -------------------------------------------------------------------------------------------------
    "foreign key column": """
        create table p (id int primary key); create table c (a int references p, b int references p (id))""",
    "foreign key actions": """
        create table p (id int primary key); create table c ( a int references p on delete cascade, b int references
        p on delete set null on update cascade, c int references p on delete restrict on update set default, d int
        references p match full)""",
    "foreign key table": """
        create table p (a int, b int, primary key (a, b)); create table c (x int, y int, foreign key (x, y)
        references p, constraint named foreign key (y, x) references p (b, a) on delete set null (y))""",
    "foreign key deferrable": """
        create table p (id int primary key); create table c (a int references p deferrable, b int references p
        deferrable initially deferred, c int references p not deferrable, d int references p initially immediate)""",
    "foreign key self": "create table t (id int primary key, parent int references t, other int references t (id))",
    "foreign key unique": "create table p (a int unique, b int); create table c (x int references p (a))",
    "foreign key no key": "create table p (a int); create table c (x int references p)",
    "foreign key not unique": "create table p (a int); create table c (x int references p (a))",
    "foreign key partial index": """
        create table p (a int); create unique index on p (a) where a > 0; create table c (x int references p (a))""",
    "foreign key index": """
        create table p (a int); create unique index on p (a); create table c (x int references p (a))""",
    "foreign key count": """
        create table p (a int primary key); create table c (x int, y int, foreign key (x, y) references p)""",
    "foreign key missing column": """
        create table p (a int primary key); create table c (x int, foreign key (nope) references p); create table c
        (x int references p (nope))""",
    "foreign key types": "create table p (a uuid primary key); create table c (x int references p)",
    "foreign key to view": "create view v as select 1 as a; create table c (x int references v (a))",
    "foreign key not valid": """
        create table p (a int primary key); create table c (x int); alter table c add foreign key (x) references p
        not valid; alter table c validate constraint c_x_fkey""",
    "foreign key not enforced": "create table p (a int primary key); create table c (x int references p not enforced)",
    "foreign key twice": """
        create table p (a int primary key); create table c (x int references p references p); alter table c add
        foreign key (x) references p""",
    "foreign key other schema": """
        create schema s; create table s.p (a int primary key); create table c (x int references s.p); set
        search_path to s, public; create table d (x int references p)""",
    "foreign key deferrable unique": """
        create table p (a int unique deferrable); create table c (x int references p (a))""",
    # --- invented names -----------------------------------------------------------------------------------------------
    "names taken": """
        create table a (x int unique); create table b (x int, constraint a_x_key1 check (x > 0)); alter table a add
        unique (x); create table a_x_idx (y int); create index on a (x); create index on a (x)""",
    "names long": """
        create table an_identifier_of_about_forty_characters_x ( another_identifier_of_about_forty_chars_y int
        unique check (another_identifier_of_about_forty_chars_y > 0), yet_another_identifier_of_forty_characters
        int); create index on an_identifier_of_about_forty_characters_x (another_identifier_of_about_forty_chars_y,
        yet_another_identifier_of_forty_characters); create index on an_identifier_of_about_forty_characters_x
        (another_identifier_of_about_forty_chars_y, yet_another_identifier_of_forty_characters desc)""",
    "names multibyte": """
        create table "töpfe_mit_sehr_vielen_umläuten_ä_ö_ü_ä_ö_ü_ä_ö" ("größe_und_länge_und_breite" int unique)""",
    "names of foreign keys": """
        create table p (id int primary key); create table c (a int references p, b int, constraint c_b_fkey check (b
        > 0), foreign key (b) references p)""",
    "constraint and index share": """
        create table t (a int, constraint u unique (a)); create table w (b int, constraint u unique (b))""",
    "constraint twice": "create table t (a int, b int, constraint u unique (a), constraint u check (b > 0))",
}
