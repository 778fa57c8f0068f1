create schema s;
create text search dictionary s."D x" (template = snowball, language = english);
create text search configuration s.conf (parser = pg_catalog."default");
alter text search configuration s.conf add mapping for word with s."D x";
create text search parser s.pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search template s.templ (init = dsimple_init, lexize = dsimple_lexize);
