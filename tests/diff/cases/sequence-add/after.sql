create schema s;
create sequence s.q as smallint start 5 increment -1 minvalue -10 maxvalue 10 cache 2 cycle;
create unlogged sequence "S.u";
comment on sequence s.q is 'queue';
