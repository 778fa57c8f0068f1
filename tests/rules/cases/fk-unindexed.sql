-- case: in another order
create table a (x int, y int, primary key (x, y));
create table b (x int, y int, foreign key (x, y) references a (x, y));
create index on b (y, x);

-- case: second in the index
-- finds: info public.b.b_x_fkey
create table a (x int primary key);
create table b (id int, x int references a);
create index on b (id, x);

-- case: a partial index
-- finds: info public.b.b_x_fkey
create table a (x int primary key);
create table b (x int references a);
create index on b (x) where x > 0;

-- case: an expression
-- finds: info public.b.b_x_fkey
create table a (x int primary key);
create table b (x int references a);
create index on b ((x + 1));

-- case: included only
-- finds: info public.b.b_x_fkey
create table a (x int primary key);
create table b (id int, x int references a);
create index on b (id) include (x);

-- case: by its own primary key
create table a (x int primary key);
create table b (x int primary key references a);
