create sequence s as bigint;
create sequence d start 1 increment 1 minvalue 0 maxvalue 100 no cycle;
