insert into orgs (slug, name, plan, parent_id, deleted_at, settings) values ('a','A','pro',null,null,'{"theme":"dark","limits":{"seats":5}}'),('b','B',null,1,now(),'{"theme":null}'),('c','C','free',2,null,'{}');
insert into users (id, org_id, email, display_name, age, is_admin, last_login, prefs, roles) values
('00000000-0000-0000-0000-000000000001',1,'a@x','Ann',30,true,now(),'{"lang":"de","n":null}','{admin,dev}'),
('00000000-0000-0000-0000-000000000002',1,'b@x',null,null,false,null,null,'{}'),
('00000000-0000-0000-0000-000000000003',2,'c@x','',15,false,'infinity','[]','{dev,NULL}');
insert into posts (author_id, org_id, title, body, published_at, views, score, tags) values
('00000000-0000-0000-0000-000000000001',1,'First','b','2024-01-01',10,1.5,'{x,y}'),
(null,1,'',null,null,0,null,null),
('00000000-0000-0000-0000-000000000002',2,'Third','','2024-05-01',3,'NaN','{}'),
('00000000-0000-0000-0000-000000000001',2,'Draft','z',null,3,2,'{NULL}');
insert into comments (post_id, parent_id, author_id, body, edited_at) values (1,null,'00000000-0000-0000-0000-000000000002','hi',null),(1,1,'00000000-0000-0000-0000-000000000001','yo',now()),(1,2,'00000000-0000-0000-0000-000000000002','re',null),(3,null,'00000000-0000-0000-0000-000000000003','x',null);
insert into products (sku, name, price, cost, discontinued, dims) values ('p1','P1',10,4,false,'{1,2,3}'),('p2','P2',5,null,null,'{}'),('p3','P3',7,7,true,'{4}');
insert into orders (user_id, state, placed_at, total, coupon, period) values ('00000000-0000-0000-0000-000000000001','paid','2024-02-01',20,'X','[2024-01-01,2024-02-01)'),('00000000-0000-0000-0000-000000000001','cart',null,null,null,null),('00000000-0000-0000-0000-000000000002','shipped','infinity',5,'','empty'),('00000000-0000-0000-0000-000000000002','refunded','2024-03-01',null,null,'(,2024-01-01)');
insert into order_items values (1,1,'p1',2,10),(1,2,'p2',1,null),(3,1,'p3',1,7);
insert into employees values (1,'Boss',null,100,null,'2020-01-01'),(2,'Mid',1,50,'x','2021-01-01'),(3,'Low',2,10,'x','infinity'),(4,'Solo',null,20,'y','2022-01-01');
