create sequence s as integer maxvalue 100;
create sequence d start 10 increment -1 minvalue 1 maxvalue 10;
