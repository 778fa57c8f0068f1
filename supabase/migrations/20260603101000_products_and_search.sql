-- What a studio sells, and how it is found.

set local lock_timeout = '2s';

create type public.product_status as enum ('draft', 'active', 'archived');

create table public.products (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references public.tenants (id) on delete cascade,
  seller_id uuid not null default auth.uid(),
  title text not null check (char_length(title) between 1 and 200),
  description text not null default '',
  category text not null check (category ~ '^[a-z-]{2,40}$'),
  tags text[] not null default '{}',
  price_cents integer not null check (price_cents >= 0),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  stock integer not null default 0 check (stock >= 0),
  status public.product_status not null default 'draft',
  search tsvector not null generated always as (
    setweight(to_tsvector('english'::regconfig, title), 'A')
    || setweight(to_tsvector('english'::regconfig, description), 'B')
  ) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, seller_id) references public.memberships (tenant_id, user_id) on delete restrict
);

-- seller_id leads, for the policies; the pair serves the foreign key in either order
create index products_seller_idx on public.products (seller_id, tenant_id);
create index products_search_idx on public.products using gin (search);
create index products_title_trgm_idx on public.products using gin (title extensions.gin_trgm_ops);
create index products_tags_idx on public.products using gin (tags);
create index products_newest_idx on public.products (created_at desc, id desc) where status = 'active';
create index products_category_idx on public.products (category, created_at desc, id desc) where status = 'active';
create index products_tenant_status_idx on public.products (tenant_id, status, created_at desc, id desc);

create trigger touch_updated_at before update on public.products
  for each row execute function private.touch_updated_at();

alter table public.products enable row level security;

create policy "Visitors read what is on sale" on public.products
  for select to anon
  using (status = 'active');

create policy "Users read what is on sale, the studio its own" on public.products
  for select to authenticated
  using (
    status = 'active'
    or (
      tenant_id in (select private.my_tenant_ids())
      and (seller_id = (select auth.uid()) or tenant_id in (select private.managed_tenant_ids()))
    )
  );

create policy "Sellers add products of their own" on public.products
  for insert to authenticated
  with check (
    tenant_id in (select private.my_tenant_ids())
    and seller_id = (select auth.uid())
    and (select private.is_seller())
  );

create policy "Sellers change their own products, managers those of the studio" on public.products
  for update to authenticated
  using (
    tenant_id in (select private.my_tenant_ids())
    and (seller_id = (select auth.uid()) or tenant_id in (select private.managed_tenant_ids()))
  )
  with check (
    tenant_id in (select private.my_tenant_ids())
    and (seller_id = (select auth.uid()) or tenant_id in (select private.managed_tenant_ids()))
  );

-- no DELETE: orders and wishlists point here, so a product is archived
grant select on table public.products to anon, authenticated;
grant insert (tenant_id, seller_id, title, description, category, tags, price_cents, currency, stock, status)
  on table public.products to authenticated;
grant update (title, description, category, tags, price_cents, currency, stock, status)
  on table public.products to authenticated;
grant select, insert, update, delete on table public.products to service_role;

-- the last row's (created_at, id) is the cursor of the next page, so that page 500 costs what page 1 does
create function public.search_products(
  query text default null,
  tenant uuid default null,
  category text default null,
  tag text default null,
  max_price_cents integer default null,
  after_created_at timestamptz default null,
  after_id uuid default null,
  page_size integer default 24
)
returns table (
  id uuid,
  tenant_id uuid,
  title text,
  price_cents integer,
  currency text,
  created_at timestamptz
)
language sql
stable
set search_path = ''
as $$
  select p.id, p.tenant_id, p.title, p.price_cents, p.currency, p.created_at
  from public.products as p
  where p.status = 'active'
    and (
      search_products.query is null
      or p.search @@ websearch_to_tsquery('english'::regconfig, search_products.query)
      or p.title ilike '%' || search_products.query || '%'
    )
    and (search_products.tenant is null or p.tenant_id = search_products.tenant)
    and (search_products.category is null or p.category = search_products.category)
    and (search_products.tag is null or p.tags @> array[search_products.tag])
    and (search_products.max_price_cents is null or p.price_cents <= search_products.max_price_cents)
    and (
      search_products.after_id is null
      or (p.created_at, p.id) < (search_products.after_created_at, search_products.after_id)
    )
  order by p.created_at desc, p.id desc
  limit least(search_products.page_size, 100);
$$;

revoke execute on function public.search_products(text, uuid, text, text, integer, timestamptz, uuid, integer)
  from public;
grant execute on function public.search_products(text, uuid, text, text, integer, timestamptz, uuid, integer)
  to anon, authenticated;
