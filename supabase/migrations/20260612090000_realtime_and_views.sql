-- What clients subscribe to, and the views that save them a join. Each view reads as the one who asks.

-- row level security does not filter deletes; nothing here is deleted anyway
alter publication supabase_realtime set (publish = 'insert, update');
alter publication supabase_realtime add table public.orders, public.bookings, public.class_sessions;

create view public.upcoming_sessions
with (security_invoker = on) as
  select
    s.id,
    s.tenant_id,
    t.slug as studio,
    t.name as studio_name,
    s.class_id,
    c.title,
    c.price_cents,
    c.currency,
    lower(s.during) as starts_at,
    upper(s.during) as ends_at,
    s.capacity
  from public.class_sessions as s
  join public.classes as c on c.tenant_id = s.tenant_id and c.id = s.class_id
  join public.tenants as t on t.id = s.tenant_id
  where s.status = 'published'
    and c.status = 'published'
    and upper(s.during) > now();

grant select on table public.upcoming_sessions to anon, authenticated, service_role;

create view public.order_history
with (security_invoker = on) as
  select
    o.id,
    o.order_number,
    o.tenant_id,
    o.buyer_id,
    o.seller_id,
    o.status,
    o.total_cents,
    o.currency,
    o.created_at,
    (
      select jsonb_agg(
        jsonb_build_object('product_id', i.product_id, 'title', i.title, 'quantity', i.quantity) order by i.title
      )
      from public.order_items as i
      where i.tenant_id = o.tenant_id and i.order_id = o.id
    ) as items
  from public.orders as o;

grant select on table public.order_history to authenticated, service_role;

create view public.product_sales
with (security_invoker = on) as
  select
    p.tenant_id,
    p.seller_id,
    p.id as product_id,
    p.title,
    sum(i.quantity) as sold,
    sum(i.quantity * i.unit_price_cents) as revenue_cents
  from public.products as p
  join public.order_items as i on i.tenant_id = p.tenant_id and i.product_id = p.id
  join public.orders as o on o.tenant_id = i.tenant_id and o.id = i.order_id
  where o.status in ('paid', 'fulfilled')
    and p.tenant_id in (select m.tenant_id from public.memberships as m where m.user_id = (select auth.uid()))
  group by p.tenant_id, p.seller_id, p.id, p.title;

grant select on table public.product_sales to authenticated;
