create type money_range as range (subtype = numeric, multirange_type_name = money_ranges);
create type words as range (subtype = text, collation = "C");
create table t (a money_range, b money_ranges, c words[]);
comment on type money_range is 'em';
