"""More DDL to run on a server and through the builder: what statements do to each other's work."""

CASES: dict[str, str] = {
    "type serial": "create table t (a int); alter table t alter a type serial",
    "attach with foreign keys": """
        create table r (id int primary key); create table p (a int, b int references r) partition by list (a);
        create table c (a int, b int, constraint own foreign key (b) references r); create table d (a int, b int);
        alter table p attach partition c for values in (1); alter table p attach partition d for values in (2);
        alter table p detach partition c; alter table d drop constraint p_b_fkey; alter table p drop constraint
        p_b_fkey""",
    "foreign key to partitioned": """
        create table p (a int primary key) partition by list (a); create table p1 partition of p for values in (1);
        create table c (x int references p); create table p2 partition of p for values in (2); alter table p detach
        partition p1; drop table p cascade""",
    "three levels": """
        create table a (x int, y int default 2); create table b (z int) inherits (a); create table c () inherits
        (b); alter table a drop column y; alter table a add column w text check (w <> ''); alter table c alter w set
        not null; alter table a alter w type varchar; alter table b no inherit a; alter table a drop column w""",
    "schema moves": """
        create schema s; create table t (id serial primary key, a int unique); create index i on t (a); alter table
        t set schema s; create table t (id serial primary key, a int unique); create index i on t (a); alter table
        s.t add column b int unique, add check (b > 0)""",
    "renames": """
        create table t (id serial primary key, a int check (a > 0)); alter table t rename to u; alter table u rename
        a to b; alter table u add unique (b), add check (b < 9); create table t (id serial primary key, a int check
        (a > 0)); alter index u_b_key rename to k; alter table u rename constraint t_a_check to c; alter table u add
        unique (b)""",
    "drop recreate": """
        create table t (id serial primary key); drop table t; create table t (id serial primary key); create table
        t2 (id int references t); drop table t; drop table t cascade; create table t (id bigserial)""",
    "not valid check": """
        create table t (a int); alter table t add constraint c check (a > 0) not valid; alter table t add constraint
        d check (a > 1) not enforced; alter table t validate constraint d; alter table t validate constraint c""",
    "not valid in create": """
        create table p (a int primary key); create table t (a int, constraint c check (a > 0) not enforced,
        constraint f foreign key (a) references p not enforced)""",
    "inherit not valid": """
        create table p (a int); create table c () inherits (p); alter table p add constraint k check (a > 0) not
        valid; alter table only p validate constraint k; alter table p validate constraint k""",
    "multi alter": """
        create table t (a int, b int, c int); alter table t drop column a, add column a text, alter b set default 3,
        alter b type bigint, add primary key (b), alter c set not null, add constraint x unique (c, a)""",
    "drop and add constraint": """
        create table t (a int constraint k check (a > 0)); alter table t drop constraint k, add constraint k check
        (a > 1); alter table t add constraint k check (a > 2), drop constraint k""",
    "drop column with index and sequence": """
        create table t (a int, b serial, c int); create index i on t (a, c); create unique index u on t (c) include
        (a); create index p on t (c) where a > 0; create index e on t ((a + c)); alter table t drop column a""",
    "primary key drop readd": """
        create table t (a int, b int, constraint pk primary key (a)); alter table t drop constraint pk, add primary
        key (b); create table u (x int references t)""",
    "unique drop with fk": """
        create table p (a int unique, b int unique); create table c (a int references p (a)); alter table p add
        primary key (a); alter table p drop constraint p_a_key; alter table p drop constraint p_a_key cascade""",
    "duplicate unique indexes fk": """
        create table p (a int); create unique index u1 on p (a); create unique index u2 on p (a); create table c (x
        int references p (a)); drop index u2; drop index u1; drop index u1 cascade""",
    "partition with own index": """
        create table p (a int, b int) partition by list (a); create unique index on p (a, b); create table c (a int,
        b int); create unique index mine on c (a, b); create index second on c (a, b); alter table p attach
        partition c for values in (1); drop index mine; alter table p detach partition c; drop index mine""",
    "partition pk drop": """
        create table p (a int primary key, b int) partition by list (a); create table c partition of p for values in
        (1); alter table c drop constraint c_pkey; alter table p drop constraint p_pkey; alter table p add
        constraint np primary key (a); alter table p add unique (a, b)""",
    "partition unique expression": """
        create table p (a int) partition by range ((a + 1)); create unique index on p (a); alter table p add primary
        key (a)""",
    "partition check": """
        create table p (a int, b int) partition by list (a); create table c partition of p for values in (1); alter
        table p add constraint k check (b > 0); alter table c add constraint own check (b < 9); alter table c drop
        constraint k; alter table p drop constraint k; alter table only p add constraint z check (b > 1)""",
    "partition default column": """
        create table p (a int, b int default 1) partition by list (a); create table c partition of p for values in
        (1); alter table p alter b set default 2; alter table only p alter b drop default; alter table p alter b set
        not null; alter table c alter b drop not null; alter table p alter b drop not null""",
    "partition of partition detach": """
        create table p (a int, b int, primary key (a, b)) partition by list (a); create table q (a int not null, b
        int not null) partition by list (b); create table q1 partition of q for values in (5); alter table p attach
        partition q for values in (1); create index on p (b); alter table p detach partition q""",
    "trigger on partition attach": """
        create function f() returns trigger language plpgsql as 'begin return new; end'; create table p (a int)
        partition by list (a); create trigger r before insert on p for each row execute function f(); create table c
        (a int); create trigger r before insert on c for each row execute function f(); alter table p attach
        partition c for values in (1); drop trigger r on c; alter table p attach partition c for values in (1); drop
        trigger r on p""",
    "generated references": """
        create table t (a int, b int generated always as (a + 1) stored, c int generated always as (b) stored);
        create table t (a int, b int generated always as (a + 1) stored); alter table t drop column b; alter table t
        add column d int generated always as (a * 2) stored; alter table t alter d set default 3""",
    "identity alter type": """
        create table t (a smallint generated always as identity); alter table t alter a type int; alter table t
        alter a type bigint; alter table t alter a type smallint""",
    "sequence rename and default": """
        create sequence s; create table t (a int default nextval('s')); alter sequence s rename to z; drop sequence
        z; alter sequence z owned by t.a; alter table t alter a drop default; drop sequence z""",
    "sequence schema": """
        create schema n; create table t (a serial); alter sequence t_a_seq set schema n; alter table t set schema n""",
    "owner of serial": """
        create table t (a serial, b int); alter table t owner to pg_monitor; create sequence s; alter sequence s
        owned by t.b; alter sequence s owner to pg_monitor; alter sequence s owned by t.b; alter table t add column
        c serial, add d int generated always as identity""",
    "default privileges on serial": """
        alter default privileges grant usage on sequences to pg_monitor; alter default privileges grant select on
        tables to pg_monitor; create table t (a serial); create table u as select 1 as x; create sequence s; create
        temp table tt (a serial)""",
    "default privileges in schema": """
        create schema s; alter default privileges in schema s grant insert on tables to public; create table s.t (a
        int); create table t (a int); create table s.p (a int) partition by list (a); create table c partition of
        s.p for values in (1)""",
    "column grants and drop": """
        create table t (a int, b int); grant select (a, b) on t to pg_monitor; alter table t drop column a; grant
        select (b), insert on t to public""",
    "exclusion gist": """
        create extension btree_gist; create table t (a int, r tsrange, exclude using gist (a with =, r with &&));
        alter table t add constraint x exclude using gist (r with &&) where (a > 0) deferrable initially deferred""",
    "without overlaps": """
        create extension btree_gist; create table t (a int, r tsrange, primary key (a, r without overlaps)); create
        table c (x int, y tsrange, foreign key (x, period y) references t (a, period r))""",
    "index method default opclass": """
        create extension pg_trgm; create table t (a text, b text[], c jsonb, d tsvector); create index on t using
        gin (a gin_trgm_ops); create index on t using gist (a gist_trgm_ops (siglen = 32)); create index on t using
        gin (b); create index on t using gin (c, d); create index on t using gin (c jsonb_ops); create index on t
        using gin (b array_ops)""",
    "index desc method": "create table t (a int, b text); create index on t using hash (a desc)",
    "table named like index": """
        create table t (a int primary key); create table t_pkey (a int primary key); create table u_pkey (x int);
        create table u (a int primary key)""",
    "constraint name across tables": """
        create table a (x int check (x > 0)); create table a_x (y int, constraint a_x_check check (y > 0)); create
        table b (x int, constraint b_x_check1 check (x > 9)); alter table b add check (x > 1), add check (x > 2)""",
    "unlogged partitions": """
        create unlogged table p (a int) partition by list (a); create table q (a int) partition by list (a); create
        unlogged table q1 partition of q for values in (1); create table q2 partition of q for values in (2); alter
        table q2 set unlogged""",
    "comments kept": """
        create table t (a int primary key, b int); comment on column t.b is 'x'; comment on constraint t_pkey on t
        is 'pk'; comment on index t_pkey is 'idx'; alter table t alter b type bigint; create table u (like t
        including all)""",
    "replica identity partition": """
        create table t (a int primary key, b int not null); alter table t replica identity using index t_pkey; alter
        table t drop constraint t_pkey""",
    "as with names": """
        create table t (x) as values (1), (2); create table u (a, b) as select 1, 'x'::text; create table w (a) as
        select 1, 2; create table z (a, b) as select 1""",
    "as unnamed": "create table t as select 1, 2; create table u as select count(*), now() from pg_class",
    "typed column changes": """
        create type c as (a int); create table t of c; alter table t alter a set default 3; alter table t alter a
        set not null; alter table t alter a type text; alter table t rename a to b; drop type c; drop type c cascade""",
    "inherits typed": """
        create table p (a int not null); create table c (a int, b int); alter table c alter a set not null; alter
        table c inherit p; alter table c alter a drop not null; alter table p alter a drop not null; alter table c
        alter a drop not null""",
    "drop not null inherited": """
        create table p (a int not null); create table c () inherits (p); alter table c alter a drop not null; alter
        table p alter a drop not null""",
    "drop not null declared": """
        create table p (a int not null); create table c (a int not null) inherits (p); alter table p alter a drop
        not null; alter table c alter a drop not null""",
    "cyclic foreign keys": """
        create table a (id int primary key, b int); create table b (id int primary key, a int references a); alter
        table a add foreign key (b) references b; drop table a; drop table a cascade; drop table a, b; drop table b""",
    "drop schema": """
        create schema s; create table s.t (id serial primary key); create table u (a int references s.t); drop
        schema s; drop schema s cascade""",
    "case names": """
        create table "Order" (id serial primary key, "userId" int references "Order", "createdAt" timestamptz
        default now() check ("createdAt" > '2000-01-01')); create index on "Order" ("userId"); alter table "Order"
        add column "x y" serial unique""",
    "search path": """
        create schema a; create schema b; set search_path to a, b; create table t (id serial primary key); set
        search_path to b, a; create table u (x int references t, y int); create index on u (y); create table t (id
        int primary key); alter table u add foreign key (y) references t""",
    "set logged fk": """
        create table a (id int primary key); create unlogged table b (x int references a); create table c (x int);
        alter table a set unlogged""",
    "unlogged reference": "create unlogged table a (id int primary key); create table b (x int references a)",
    "oncommit": """
        create temp table t (a int) on commit drop; create temp table u (a int primary key) on commit delete rows""",
    "check function": """
        create function ok(int) returns boolean immutable language sql as 'select $1 > 0'; create table t (a int
        check (ok(a))); drop function ok(int); drop function ok(int) cascade""",
    "default function": """
        create function f() returns int language sql as 'select 1'; create table t (a int default f(), b int
        generated always as (1) stored); drop function f(); drop function f() cascade""",
    "type dropped": """
        create type e as enum ('a'); create table t (a e, b e default 'a', c int); create index on t (a); drop type
        e; drop type e cascade""",
    "rename type used": """
        create type e as enum ('a'); create table t (a e default 'a', b e[]); alter type e rename to f; alter table
        t add c f""",
    "domain column": """
        create domain d as text not null check (value <> ''); create table t (a d, b d default 'x'); drop domain d
        cascade""",
    "index on dropped column name": """
        create table t (a int, b int); create index t_a_idx on t (b); create index on t (a); drop index t_a_idx;
        create index on t (a)""",
    "alter index names": """
        create table t (a int); create index i on t (a); alter index i rename to j; alter table j rename to k;
        create index i on t (a)""",
    "foreign key set null columns": """
        create table p (a int, b int, primary key (a, b)); create table c (a int, b int, foreign key (a, b)
        references p on delete set null (b)); create table d (a int, b int, x int, foreign key (a, b) references p
        on delete set null (x))""",
    "self foreign key drop": """
        create table t (id int primary key, p int references t); alter table t drop constraint t_pkey; alter table t
        drop constraint t_pkey cascade; alter table t drop column id""",
    "like into inherits": """
        create table o (a int default 3 check (a > 0)); create table p (a int, b int); create table c (like o
        including all) inherits (p)""",
    "like partitioned": """
        create table p (a int primary key, b int) partition by list (a); create table t (like p including all);
        create table q (like p including all) partition by list (a)""",
    "like comments": """
        create table o (a int, constraint k check (a > 0), constraint u unique (a)); comment on column o.a is 'col';
        comment on constraint k on o is 'k'; comment on constraint u on o is 'u'; comment on index u is 'ui'; create
        table t (like o including comments including constraints including indexes)""",
    "like storage": """
        create table o (a text storage external compression pglz, b text); alter table o alter b set statistics 7;
        create table t (like o including storage); create table u (like o including compression)""",
    "like generated default both": """
        create table o (a int, b int default 5, c int generated always as (a) stored); create table t (like o
        including defaults); create table u (like o including generated)""",
}
