create table t (a text, b text compression pglz, c jsonb compression pglz);
