-- case: a function by its number
-- finds: warning public.hooks.handler
create table hooks (id bigint primary key, handler regprocedure);

-- case: many of them
-- finds: warning public.hooks.handlers
create table hooks (id bigint primary key, handlers regproc[]);

-- case: those that survive
create table hooks (id bigint primary key, source regclass, owner regrole, kind regtype);

-- case: mended later
create table hooks (id bigint primary key, handler regproc);
alter table hooks alter column handler type text;
