create role a login;
create role b;
grant a to b;
