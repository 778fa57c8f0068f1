create domain d as text default 'y' not null constraint c check (value <> 'q') constraint l check (length(value) < 6);
create table t (x d);
