create table t (id int4range not null, span daterange not null, constraint k primary key (id, span without overlaps));
create table u (id int4range, t int4range, span daterange, foreign key (t, period span) references t (id, period span));
