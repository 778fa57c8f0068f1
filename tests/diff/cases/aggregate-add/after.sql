create function add_up(numeric, numeric) returns numeric language sql immutable as 'select $1 + $2';
create aggregate total(numeric) (sfunc = add_up, stype = numeric, initcond = '0');
create aggregate longest(text) (sfunc = textcat, stype = text);
comment on aggregate longest(text) is 'all of them';
