create table t (a integer constraint new_name check (a > 0), b integer constraint new_key unique);
