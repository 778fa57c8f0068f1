create text search dictionary d (template = simple);
create text search configuration c (copy = english);
comment on text search configuration c is 'conf';
