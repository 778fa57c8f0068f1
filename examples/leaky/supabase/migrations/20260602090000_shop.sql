-- Products, orders, and coupons.

create table public.products (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  title text not null,
  price_cents integer not null check (price_cents >= 0),
  created_at timestamptz not null default now()
);

create index products_tenant_idx on public.products (tenant_id);

alter table public.products enable row level security;

-- wrong: USING (true) FOR ALL. Whoever signs up rewrites the prices of every studio, and deletes the products.
create policy "Sellers manage products" on public.products
  for all to authenticated
  using (true)
  with check (true);

grant select, insert, update, delete on table public.products to authenticated;

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  buyer_id uuid not null references auth.users (id) on delete restrict,
  total_cents integer not null default 0,
  created_at timestamptz not null default now()
);

create index orders_buyer_idx on public.orders (buyer_id);

-- wrong: the policy is there, but row level security was never enabled on the table, so nothing asks it.
create policy "Buyers read their orders" on public.orders
  for select to authenticated
  using (buyer_id = (select auth.uid()));

grant select on table public.orders to authenticated;

create table public.order_items (
  order_id uuid not null references public.orders (id) on delete cascade,
  -- wrong: no index on a foreign key. The primary key starts with order_id, so deleting a product reads every item.
  product_id uuid not null references public.products (id) on delete restrict,
  quantity integer not null check (quantity > 0),
  created_at timestamptz not null default now(),
  primary key (order_id, product_id)
);

alter table public.order_items enable row level security;

create policy "Buyers read the items of their orders" on public.order_items
  for select to authenticated
  using (
    exists (select 1 from public.orders as o where o.id = order_items.order_id and o.buyer_id = (select auth.uid()))
  );

grant select on table public.order_items to authenticated;

-- wrong: no row level security on a table that the API serves. Anybody reads the codes, and any user adds some.
create table public.coupons (
  code text primary key,
  percent_off integer not null check (percent_off between 1 and 100),
  created_at timestamptz not null default now()
);

grant select on table public.coupons to anon;
grant select, insert, update on table public.coupons to authenticated;

-- wrong, twice. SECURITY DEFINER without search_path: it runs as its owner, with objects of the caller's choice.
-- And a new function may be executed by everybody, so whoever asks, logged in or not, reads the items of any order.
create function public.order_receipt(p_order uuid)
returns table (title text, quantity integer)
language sql
stable
security definer
as $$
  select p.title, i.quantity
  from public.order_items as i
  join public.products as p on p.id = i.product_id
  where i.order_id = p_order;
$$;
