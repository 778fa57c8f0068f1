create role a;
create role b;
create role c;
grant a to b with set false;
grant b to c;
