-- On the platform the queues and functions of pgmq belong to postgres. Here it gets all privileges on them.

grant all on schema pgmq to postgres with grant option;
grant all on all tables in schema pgmq to postgres with grant option;
grant all on all sequences in schema pgmq to postgres with grant option;
grant all on all functions in schema pgmq to postgres with grant option;
