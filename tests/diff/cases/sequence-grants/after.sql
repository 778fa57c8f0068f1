create role seq_reader;
create sequence s;
grant usage, select on sequence s to seq_reader;
comment on sequence s is 'ess';
