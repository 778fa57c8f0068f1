create foreign data wrapper w;
create server s version '2' foreign data wrapper w;
comment on server s is 'ess';
