create table t (a integer, r int4range, constraint e exclude using gist (r with &&));
