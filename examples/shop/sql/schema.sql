create schema shop;

create table shop.items (
    id bigint primary key,
    sku uuid not null default gen_random_uuid(),
    name text not null,
    stock integer not null check (stock >= 0),
    weight double precision not null,
    on_sale boolean not null default false,
    added_at timestamptz not null default now(),
    note text
);
