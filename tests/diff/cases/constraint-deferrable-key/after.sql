create table t (a integer, b integer, constraint u unique (a) deferrable, constraint e exclude using btree (b with =) deferrable initially deferred);
