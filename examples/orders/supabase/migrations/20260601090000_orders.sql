create table public.orders (
  id uuid primary key default gen_random_uuid(),
  buyer_id uuid not null references auth.users (id),
  seller_id uuid not null references auth.users (id),
  status text not null default 'open' check (status in ('open', 'paid', 'hidden'))
);

alter table public.orders enable row level security;

grant select, insert, update (status) on public.orders to authenticated;

create policy "Both sides read an order" on public.orders for select to authenticated
  using (
    (buyer_id = (select auth.uid()) and status <> 'hidden')
    or seller_id = (select auth.uid())
  );

create policy "Buyers place orders" on public.orders for insert to authenticated
  with check (buyer_id = (select auth.uid()));

create policy "Sellers change the status" on public.orders for update to authenticated
  using (seller_id = (select auth.uid()));

create table public.refunds (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.orders (id)
);

alter table public.refunds enable row level security;

grant select, insert on public.refunds to authenticated;

create policy "Refunds are read with their order" on public.refunds for select to authenticated
  using (exists (select from public.orders o where o.id = order_id));

create policy "Sellers refund" on public.refunds for insert to authenticated
  with check (exists (select from public.orders o where o.id = order_id and o.seller_id = (select auth.uid())));
