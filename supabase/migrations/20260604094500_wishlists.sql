-- Wishlists, and whom they are shared with. Items and shares carry the list's owner, held true by a foreign key:
-- so each policy sees whose a row is without reading the list, and no two policies read each other in a circle.

set local lock_timeout = '2s';

create table public.wishlists (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 120),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (owner_id, id)
);

create trigger touch_updated_at before update on public.wishlists
  for each row execute function private.touch_updated_at();

alter table public.wishlists enable row level security;

create table public.wishlist_shares (
  owner_id uuid not null,
  wishlist_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  can_edit boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (owner_id, wishlist_id, user_id),
  foreign key (owner_id, wishlist_id) references public.wishlists (owner_id, id) on delete cascade,
  check (user_id <> owner_id)
);

create index wishlist_shares_user_idx on public.wishlist_shares (user_id, wishlist_id);

create trigger touch_updated_at before update on public.wishlist_shares
  for each row execute function private.touch_updated_at();

alter table public.wishlist_shares enable row level security;

create table public.wishlist_items (
  owner_id uuid not null,
  wishlist_id uuid not null,
  product_id uuid not null references public.products (id) on delete cascade,
  note text not null default '' check (char_length(note) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (owner_id, wishlist_id, product_id),
  foreign key (owner_id, wishlist_id) references public.wishlists (owner_id, id) on delete cascade
);

create index wishlist_items_product_idx on public.wishlist_items (product_id);

create trigger touch_updated_at before update on public.wishlist_items
  for each row execute function private.touch_updated_at();

alter table public.wishlist_items enable row level security;

create policy "Owners read their lists, and those they are shared with" on public.wishlists
  for select to authenticated
  using (
    owner_id = (select auth.uid())
    or exists (
      select 1
      from public.wishlist_shares as s
      where s.owner_id = wishlists.owner_id
        and s.wishlist_id = wishlists.id
        and s.user_id = (select auth.uid())
    )
  );

create policy "Users make lists of their own" on public.wishlists
  for insert to authenticated
  with check (owner_id = (select auth.uid()));

create policy "Owners rename their lists" on public.wishlists
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));

create policy "Owners delete their lists" on public.wishlists
  for delete to authenticated
  using (owner_id = (select auth.uid()));

grant select, insert (owner_id, name), update (name), delete on table public.wishlists to authenticated;
grant select, insert, update, delete on table public.wishlists to service_role;

create policy "Both sides read a share" on public.wishlist_shares
  for select to authenticated
  using (owner_id = (select auth.uid()) or user_id = (select auth.uid()));

create policy "Owners change what a share allows" on public.wishlist_shares
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));

create policy "Both sides end a share" on public.wishlist_shares
  for delete to authenticated
  using (owner_id = (select auth.uid()) or user_id = (select auth.uid()));

grant select, update (can_edit), delete on table public.wishlist_shares to authenticated;
grant select, insert, update, delete on table public.wishlist_shares to service_role;

create policy "Items are read with their list" on public.wishlist_items
  for select to authenticated
  using (
    owner_id = (select auth.uid())
    or exists (
      select 1
      from public.wishlist_shares as s
      where s.owner_id = wishlist_items.owner_id
        and s.wishlist_id = wishlist_items.wishlist_id
        and s.user_id = (select auth.uid())
    )
  );

create policy "Owners and editors add items" on public.wishlist_items
  for insert to authenticated
  with check (
    owner_id = (select auth.uid())
    or exists (
      select 1
      from public.wishlist_shares as s
      where s.owner_id = wishlist_items.owner_id
        and s.wishlist_id = wishlist_items.wishlist_id
        and s.user_id = (select auth.uid())
        and s.can_edit
    )
  );

create policy "Owners and editors change a note" on public.wishlist_items
  for update to authenticated
  using (
    owner_id = (select auth.uid())
    or exists (
      select 1
      from public.wishlist_shares as s
      where s.owner_id = wishlist_items.owner_id
        and s.wishlist_id = wishlist_items.wishlist_id
        and s.user_id = (select auth.uid())
        and s.can_edit
    )
  )
  with check (
    owner_id = (select auth.uid())
    or exists (
      select 1
      from public.wishlist_shares as s
      where s.owner_id = wishlist_items.owner_id
        and s.wishlist_id = wishlist_items.wishlist_id
        and s.user_id = (select auth.uid())
        and s.can_edit
    )
  );

create policy "Owners and editors take items off" on public.wishlist_items
  for delete to authenticated
  using (
    owner_id = (select auth.uid())
    or exists (
      select 1
      from public.wishlist_shares as s
      where s.owner_id = wishlist_items.owner_id
        and s.wishlist_id = wishlist_items.wishlist_id
        and s.user_id = (select auth.uid())
        and s.can_edit
    )
  );

grant select, insert (owner_id, wishlist_id, product_id, note), update (note), delete
  on table public.wishlist_items to authenticated;
grant select, insert, update, delete on table public.wishlist_items to service_role;

-- an RPC, because a handle is found in profiles, which nobody reads but its owner
create function private.share_wishlist(p_wishlist uuid, p_handle text, p_can_edit boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_reader uuid;
begin
  if not exists (
    select 1 from public.wishlists as w where w.id = p_wishlist and w.owner_id = (select auth.uid())
  ) then
    raise exception 'only its owner shares a list' using errcode = '42501';
  end if;
  select p.id into v_reader from public.profiles as p where p.handle = p_handle;
  if v_reader is null then
    raise exception 'no user has the handle %', p_handle using errcode = 'P0002';
  end if;
  insert into public.wishlist_shares (owner_id, wishlist_id, user_id, can_edit)
  values ((select auth.uid()), p_wishlist, v_reader, p_can_edit)
  on conflict (owner_id, wishlist_id, user_id) do update set can_edit = excluded.can_edit;
end;
$$;

revoke execute on function private.share_wishlist(uuid, text, boolean) from public;
grant execute on function private.share_wishlist(uuid, text, boolean) to authenticated;

create function public.share_wishlist(wishlist uuid, handle text, can_edit boolean default false)
returns void
language sql
set search_path = ''
as $$
  select private.share_wishlist(share_wishlist.wishlist, share_wishlist.handle, share_wishlist.can_edit);
$$;

revoke execute on function public.share_wishlist(uuid, text, boolean) from public;
grant execute on function public.share_wishlist(uuid, text, boolean) to authenticated;
