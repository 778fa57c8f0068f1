-- Payments, the provider's events, and the RPCs that start a payment: checkout, booking and cancelling.

set local lock_timeout = '2s';

create type public.payment_status as enum ('pending', 'succeeded', 'failed', 'refund_due', 'refunded');

create table public.payments (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete restrict,
  payer_id uuid not null references auth.users (id) on delete restrict,
  order_id uuid,
  booking_id uuid,
  amount_cents integer not null check (amount_cents > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status public.payment_status not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, order_id),
  unique (tenant_id, booking_id),
  check (num_nonnulls(order_id, booking_id) = 1),
  foreign key (tenant_id, order_id) references public.orders (tenant_id, id) on delete restrict,
  foreign key (tenant_id, booking_id) references public.bookings (tenant_id, id) on delete restrict
);

create index payments_payer_idx on public.payments (payer_id, created_at desc, id desc);

create trigger touch_updated_at before update on public.payments
  for each row execute function private.touch_updated_at();
create trigger write_audit_log after insert or update or delete on public.payments
  for each row execute function private.write_audit_log();

alter table public.payments enable row level security;

create policy "Payers read their payments, managers those of the studio" on public.payments
  for select to authenticated
  using (payer_id = (select auth.uid()) or tenant_id in (select private.managed_tenant_ids()));

grant select on table public.payments to authenticated;
grant select, insert, update on table public.payments to service_role;

create table public.payment_events (
  provider text not null,
  event_id text not null,
  event_type text not null,
  payment_id uuid not null references public.payments (id) on delete restrict,
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider, event_id)
);

comment on table public.payment_events is
  'Each event of a provider once: the primary key is what makes a repeated webhook change nothing.';

create index payment_events_payment_idx on public.payment_events (payment_id);

create trigger touch_updated_at before update on public.payment_events
  for each row execute function private.touch_updated_at();

alter table public.payment_events enable row level security;

grant select, insert on table public.payment_events to service_role;

-- called by the webhook with the service key; true if the event was new
create function public.process_payment_event(
  provider text,
  event_id text,
  event_type text,
  payment_id uuid,
  payload jsonb default '{}'
)
returns boolean
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_payment public.payments;
  v_settled boolean;
begin
  -- a second delivery waits here for the first, and then inserts nothing
  insert into public.payment_events (provider, event_id, event_type, payment_id, payload)
  values (
    process_payment_event.provider,
    process_payment_event.event_id,
    process_payment_event.event_type,
    process_payment_event.payment_id,
    process_payment_event.payload
  )
  on conflict do nothing;
  if not found then
    return false;
  end if;
  select p.* into strict v_payment
  from public.payments as p
  where p.id = process_payment_event.payment_id
  for update;

  case process_payment_event.event_type
    when 'payment.succeeded' then
      -- a failed attempt may be followed by a good one; nothing follows a refund
      if v_payment.status not in ('pending', 'failed') then
        return true;
      end if;
      if v_payment.order_id is not null then
        v_settled := private.settle_order(v_payment.order_id);
      else
        v_settled := private.settle_booking(v_payment.booking_id);
      end if;
      update public.payments as p
      set status = case when v_settled then 'succeeded' else 'refund_due' end::public.payment_status
      where p.id = v_payment.id;
    when 'payment.failed' then
      if v_payment.status <> 'pending' then
        return true;
      end if;
      update public.payments as p set status = 'failed' where p.id = v_payment.id;
      update public.orders as o set status = 'payment_failed' where o.id = v_payment.order_id and o.status = 'pending';
      update public.bookings as b set status = 'payment_failed' where b.id = v_payment.booking_id and b.status = 'held';
    when 'payment.refunded' then
      update public.payments as p set status = 'refunded' where p.id = v_payment.id;
      update public.orders as o set status = 'refunded' where o.id = v_payment.order_id;
      update public.bookings as b set status = 'cancelled' where b.id = v_payment.booking_id;
    else
      null;
  end case;
  return true;
end;
$$;

revoke execute on function public.process_payment_event(text, text, text, uuid, jsonb) from public;
grant execute on function public.process_payment_event(text, text, text, uuid, jsonb) to service_role;

-- for a scheduler. Tidiness only: a hold that has run out counts for nothing even if this never runs
create function public.release_expired_holds()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_orders integer;
  v_bookings integer;
begin
  update public.orders as o
  set status = 'expired'
  where o.id in (
    select e.id
    from public.orders as e
    where e.status = 'pending' and e.hold_expires_at <= now()
    for update skip locked
  );
  get diagnostics v_orders = row_count;
  update public.bookings as b
  set status = 'expired'
  where b.id in (
    select e.id
    from public.bookings as e
    where e.status = 'held' and e.hold_expires_at <= now()
    for update skip locked
  );
  get diagnostics v_bookings = row_count;
  return v_orders + v_bookings;
end;
$$;

revoke execute on function public.release_expired_holds() from public;
grant execute on function public.release_expired_holds() to service_role;

-- a basket of one seller: [{"product_id": "…", "quantity": 2}]; prices come from products, not from the client
create function private.checkout(p_items jsonb)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_buyer uuid := (select auth.uid());
  v_order public.orders;
  v_sellers integer;
begin
  if v_buyer is null then
    raise exception 'sign in first' using errcode = '42501';
  end if;
  perform 1
  from public.products as p
  where p.id in (select w.product_id from jsonb_to_recordset(p_items) as w (product_id uuid))
  order by p.id
  for no key update;

  select count(distinct (p.tenant_id, p.seller_id, p.currency))
  into v_sellers
  from jsonb_to_recordset(p_items) as w (product_id uuid)
  left join public.products as p on p.id = w.product_id and p.status = 'active';
  if v_sellers <> 1 or exists (
    select 1
    from jsonb_to_recordset(p_items) as w (product_id uuid)
    where not exists (select 1 from public.products as p where p.id = w.product_id and p.status = 'active')
  ) then
    raise exception 'a basket holds products on sale, of one seller' using errcode = '22023';
  end if;

  insert into public.orders (tenant_id, seller_id, buyer_id, currency, total_cents, hold_expires_at)
  select p.tenant_id, p.seller_id, v_buyer, p.currency, sum(p.price_cents * w.quantity), now() + interval '30 minutes'
  from jsonb_to_recordset(p_items) as w (product_id uuid, quantity integer)
  join public.products as p on p.id = w.product_id
  group by p.tenant_id, p.seller_id, p.currency
  returning * into v_order;

  insert into public.order_items (tenant_id, order_id, product_id, title, unit_price_cents, quantity)
  select p.tenant_id, v_order.id, p.id, p.title, p.price_cents, sum(w.quantity)
  from jsonb_to_recordset(p_items) as w (product_id uuid, quantity integer)
  join public.products as p on p.id = w.product_id
  group by p.id;

  if not private.order_fits(v_order.id) then
    raise exception 'not enough in stock' using errcode = '23514';
  end if;
  if v_order.total_cents = 0 then
    perform private.settle_order(v_order.id);
  else
    insert into public.payments (tenant_id, payer_id, order_id, amount_cents, currency)
    values (v_order.tenant_id, v_buyer, v_order.id, v_order.total_cents, v_order.currency);
  end if;
  return v_order.id;
end;
$$;

create function private.book_session(p_session uuid)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_learner uuid := (select auth.uid());
  v_offer record;
  v_booking uuid;
begin
  if v_learner is null then
    raise exception 'sign in first' using errcode = '42501';
  end if;
  select s.tenant_id, s.class_id, c.price_cents, c.currency
  into v_offer
  from public.class_sessions as s
  join public.classes as c on c.tenant_id = s.tenant_id and c.id = s.class_id
  where s.id = p_session
    and s.status = 'published'
    and c.status = 'published'
    and lower(s.during) > now()
  for no key update of s;
  if not found then
    raise exception 'no such session is open for booking' using errcode = 'P0002';
  end if;
  -- one's own hold that ran out would else stand against one's second try
  update public.bookings as b
  set status = 'expired'
  where b.session_id = p_session and b.status = 'held' and b.hold_expires_at <= now();

  insert into public.bookings (tenant_id, class_id, session_id, learner_id, attendee_name, status, hold_expires_at)
  select
    v_offer.tenant_id,
    v_offer.class_id,
    p_session,
    p.id,
    p.display_name,
    case when v_offer.price_cents = 0 then 'confirmed' else 'held' end::public.booking_status,
    case when v_offer.price_cents > 0 then now() + interval '15 minutes' end
  from public.profiles as p
  where p.id = v_learner
  returning id into v_booking;

  if v_offer.price_cents > 0 then
    insert into public.payments (tenant_id, payer_id, booking_id, amount_cents, currency)
    values (v_offer.tenant_id, v_learner, v_booking, v_offer.price_cents, v_offer.currency);
  end if;
  return v_booking;
end;
$$;

create function private.cancel_booking(p_booking uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- the payment first, as an event of the provider locks it first
  perform 1 from public.payments as p where p.booking_id = p_booking for update;
  update public.bookings as b
  set status = 'cancelled'
  where b.id = p_booking
    and b.learner_id = (select auth.uid())
    and b.status in ('held', 'confirmed');
  if not found then
    raise exception 'no such booking of yours' using errcode = 'P0002';
  end if;
  update public.payments as p set status = 'refund_due' where p.booking_id = p_booking and p.status = 'succeeded';
end;
$$;

revoke execute on function private.checkout(jsonb) from public;
revoke execute on function private.book_session(uuid) from public;
revoke execute on function private.cancel_booking(uuid) from public;
grant execute on function private.checkout(jsonb) to authenticated;
grant execute on function private.book_session(uuid) to authenticated;
grant execute on function private.cancel_booking(uuid) to authenticated;

create function public.checkout(items jsonb)
returns uuid
language sql
set search_path = ''
as $$
  select private.checkout(checkout.items);
$$;

create function public.book_session(session_id uuid)
returns uuid
language sql
set search_path = ''
as $$
  select private.book_session(book_session.session_id);
$$;

create function public.cancel_booking(booking_id uuid)
returns void
language sql
set search_path = ''
as $$
  select private.cancel_booking(cancel_booking.booking_id);
$$;

revoke execute on function public.checkout(jsonb) from public;
revoke execute on function public.book_session(uuid) from public;
revoke execute on function public.cancel_booking(uuid) from public;
grant execute on function public.checkout(jsonb) to authenticated;
grant execute on function public.book_session(uuid) to authenticated;
grant execute on function public.cancel_booking(uuid) to authenticated;
