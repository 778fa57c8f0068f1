-- case: queue and archive
-- finds: error pgmq.q_jobs
-- finds: error pgmq.a_jobs
create extension pgmq;
create schema pgmq_public;
alter role authenticator set pgrst.db_schemas = 'public, pgmq_public';
select pgmq.create('jobs');

-- case: queues are not exposed
create extension pgmq;
select pgmq.create('jobs');
