create table t (room int4range, span int4range, constraint no_overlap exclude using gist (room with =, span with &&) where (not isempty(span)) deferrable);
comment on constraint no_overlap on t is 'one at a time';
