-- case: by the telephone
-- finds: error public.devices.devices_phone_fkey
create table devices (id bigint primary key, phone text references auth.users (phone));

-- case: by the primary key
create table devices (id bigint primary key, user_id uuid references auth.users);

-- case: a table of one's own
create table people (id bigint primary key, code text unique);
create table devices (id bigint primary key, code text references people (code));
