-- Orders. Clients read them; only checkout() and the payment provider's events write them.

set local lock_timeout = '2s';

create type public.order_status as enum (
  'pending', 'paid', 'fulfilled', 'payment_failed', 'expired', 'cancelled', 'refunded'
);

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  order_number bigint generated always as identity unique,
  tenant_id uuid not null references public.tenants (id) on delete restrict,
  seller_id uuid not null,
  buyer_id uuid not null references auth.users (id) on delete restrict,
  status public.order_status not null default 'pending',
  total_cents integer not null check (total_cents >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  hold_expires_at timestamptz not null,
  paid_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, seller_id) references public.memberships (tenant_id, user_id) on delete restrict
);

comment on column public.orders.hold_expires_at is
  'A pending order keeps its goods until then. Afterwards it counts for nothing, whether or not anybody tidied up.';

create index orders_buyer_idx on public.orders (buyer_id, created_at desc, id desc);
create index orders_seller_idx on public.orders (seller_id, tenant_id, created_at desc, id desc);
create index orders_tenant_idx on public.orders (tenant_id, created_at desc, id desc);
create index orders_pending_idx on public.orders (hold_expires_at) where status = 'pending';

create trigger touch_updated_at before update on public.orders
  for each row execute function private.touch_updated_at();

alter table public.orders enable row level security;

create policy "Buyers read their orders, sellers those that they fill" on public.orders
  for select to authenticated
  using (
    buyer_id = (select auth.uid())
    or (
      tenant_id in (select private.my_tenant_ids())
      and (seller_id = (select auth.uid()) or tenant_id in (select private.managed_tenant_ids()))
    )
  );

grant select on table public.orders to authenticated;
grant select, insert, update on table public.orders to service_role;

create table public.order_items (
  tenant_id uuid not null,
  order_id uuid not null,
  product_id uuid not null,
  title text not null,
  unit_price_cents integer not null check (unit_price_cents >= 0),
  quantity integer not null check (quantity between 1 and 1000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, order_id, product_id),
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete cascade,
  foreign key (tenant_id, product_id) references public.products (tenant_id, id) on delete restrict
);

comment on table public.order_items is 'Title and price as they were when the order was made.';

create index order_items_product_idx on public.order_items (tenant_id, product_id);

create trigger touch_updated_at before update on public.order_items
  for each row execute function private.touch_updated_at();

alter table public.order_items enable row level security;

create policy "Items are read with their order" on public.order_items
  for select to authenticated
  using (
    exists (
      select 1
      from public.orders as o
      where o.tenant_id = order_items.tenant_id
        and o.id = order_items.order_id
        and (
          o.buyer_id = (select auth.uid())
          or o.seller_id = (select auth.uid())
          or o.tenant_id in (select private.managed_tenant_ids())
        )
    )
  );

grant select on table public.order_items to authenticated;
grant select, insert, update on table public.order_items to service_role;

-- true if the goods of the order are there, beside what other orders hold; its callers lock the products first
create function private.order_fits(p_order uuid)
returns boolean
language sql
set search_path = ''
as $$
  select not exists (
    select 1
    from public.order_items as i
    join public.products as p on p.tenant_id = i.tenant_id and p.id = i.product_id
    where i.order_id = p_order
      and i.quantity > p.stock - (
        select coalesce(sum(h.quantity), 0)
        from public.order_items as h
        join public.orders as o on o.tenant_id = h.tenant_id and o.id = h.order_id
        where h.tenant_id = i.tenant_id
          and h.product_id = i.product_id
          and o.id <> p_order
          and o.status = 'pending'
          and o.hold_expires_at > now()
      )
  );
$$;

-- the money is there: true if the goods were too, false if it must be given back
create function private.settle_order(p_order uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_status public.order_status;
begin
  -- always in the order of ids, as checkout does, so that two of them never wait for each other
  perform 1
  from public.products as p
  where p.id in (select i.product_id from public.order_items as i where i.order_id = p_order)
  order by p.id
  for no key update;
  select o.status into v_status from public.orders as o where o.id = p_order for update;
  if v_status in ('paid', 'fulfilled') then
    return true;
  end if;
  if v_status in ('cancelled', 'refunded') or not private.order_fits(p_order) then
    return false;
  end if;
  update public.products as p
  set stock = p.stock - i.quantity
  from public.order_items as i
  where i.order_id = p_order and i.tenant_id = p.tenant_id and i.product_id = p.id;
  update public.orders as o set status = 'paid', paid_at = now() where o.id = p_order;
  return true;
end;
$$;

revoke execute on function private.order_fits(uuid) from public;
revoke execute on function private.settle_order(uuid) from public;
grant execute on function private.order_fits(uuid) to service_role;
grant execute on function private.settle_order(uuid) to service_role;
