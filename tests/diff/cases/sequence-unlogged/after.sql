create unlogged sequence s;
create unlogged table t (id serial);
