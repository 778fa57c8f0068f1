create role a;
create role b;
grant a to b;
