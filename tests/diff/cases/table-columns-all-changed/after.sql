create table t (c text, d text);
create view v as select c as a from t;
