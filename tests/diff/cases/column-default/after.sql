create table t (a integer default 2, b text default upper('q'), c text);
