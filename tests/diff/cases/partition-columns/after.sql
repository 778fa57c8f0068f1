create table t (a bigint default 4, b text not null default 'x', at date not null) partition by range (at);
create table t1 partition of t for values from ('2025-01-01') to ('2026-01-01');
