create table t (a integer, b integer, constraint u unique (a), constraint e exclude using btree (b with =));
