create table t (a integer constraint old_name check (a > 0), b integer constraint old_key unique);
