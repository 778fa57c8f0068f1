create role a;
create role b;
create role c;
grant a to b with admin option;
grant a to c with inherit false;
