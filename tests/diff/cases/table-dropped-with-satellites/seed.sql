insert into u values (null);
