create table t (a integer, b text, c integer, d json, e integer[], f timestamptz, g text);
