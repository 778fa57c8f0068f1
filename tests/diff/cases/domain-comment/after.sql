create domain d as integer constraint c check (value > 0);
comment on domain d is 'dee';
comment on constraint c on domain d is 'cee';
