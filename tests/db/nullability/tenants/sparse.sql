insert into orgs (slug, name, plan) values ('z','Z',null);
insert into users (org_id, email, display_name) values (1,'q@q',null);
insert into posts (author_id, org_id, title) select id, 1, 'only' from users;
insert into posts (org_id, title) values (1, 'anon');
insert into orders (user_id) select id from users;
insert into products (sku, name, price, dims) values ('p9','P9',1,'{}');
insert into order_items select 1, 1, 'p9', 3, null;
insert into employees values (1,'One',null,1,null,'infinity');
