"""The questions put to the system catalogs; each takes one oid and gives one row."""

from typing import Final

# Every schema change leaves a newer row version in one of these catalogs, and a drop leaves fewer rows.
# Objects below 16384 are PostgreSQL's own and do not change.
VERSION: Final = """
select array_agg((number, newest)::text) from (
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_class where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_attribute where attrelid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_proc where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_type where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_constraint where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_index where indrelid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_attrdef where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_trigger where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_rewrite where oid >= 16384
    union all
    select count(*), max((xmin::text::int8 << 32) + cmin::text::int8)
        from pg_catalog.pg_inherits where inhrelid >= 16384
) changes(number, newest)
"""

RELATION: Final = """
with recursive family(oid) as (
    select %(oid)s::oid
    union
    select i.inhrelid from pg_catalog.pg_inherits i join family f on i.inhparent = f.oid
)
select n.nspname || '.' || c.relname, c.relkind::text, c.relrowsecurity,
    coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
            a.attnum, a.attname, a.atttypid::int8,
            a.attnotnull and not exists (
                select from pg_catalog.pg_constraint k
                where k.conrelid = a.attrelid and k.contype = 'n' and not k.convalidated
                    and a.attnum = any(k.conkey)),
            a.attgenerated = 's', a.attgenerated = 'v', a.attcollation::int8, d.adbin::text))
        from pg_catalog.pg_attribute a
        left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
    coalesce((select pg_catalog.jsonb_agg(f.oid::int8) from family f where f.oid <> c.oid), '[]'),
    coalesce((select pg_catalog.jsonb_agg(k.conbin::text) from pg_catalog.pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and k.convalidated and k.conbin is not null), '[]'),
    coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(
            k.confrelid::int8, k.conkey, k.confkey, k.conpfeqop::int8[])) from pg_catalog.pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.convalidated and not k.condeferrable), '[]'),
    coalesce((select pg_catalog.jsonb_agg(u.columns) from pg_catalog.pg_index i
        cross join lateral (
            select pg_catalog.jsonb_build_array(
                pg_catalog.jsonb_agg(i.indkey[p]), pg_catalog.jsonb_agg(o.opcfamily::int8))
            from pg_catalog.generate_series(0, i.indnkeyatts - 1) p
            join pg_catalog.pg_opclass o on o.oid = i.indclass[p]) u(columns)
        where i.indrelid = c.oid and i.indisunique and i.indimmediate and i.indisvalid
            and not i.indisexclusion and i.indpred is null and i.indexprs is null), '[]'),
    exists (select from pg_catalog.pg_trigger t join family f on t.tgrelid = f.oid
        where not t.tgisinternal and t.tgtype & 1 = 1 and t.tgtype & 66 <> 0),
    exists (select from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.ev_type <> '1'),
    (select r.ev_action::text from pg_catalog.pg_rewrite r
        where r.ev_class = c.oid and r.rulename = '_RETURN' and c.relkind = 'v')
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = %(oid)s
"""

FUNCTION: Final = """
select case when p.pronamespace = 'pg_catalog'::regnamespace and p.oid < 16384
        then p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' else '' end,
    p.proname::text, p.proisstrict, p.proretset, p.provolatile = 'v', p.prorettype::int8,
    p.prosqlbody::text
from pg_catalog.pg_proc p where p.oid = %(oid)s
"""

OPERATOR: Final = """
select o.oprname::text, o.oprcode::oid::int8, o.oprcom::int8, array(
    select a.amopfamily::int8 from pg_catalog.pg_amop a join pg_catalog.pg_am m on m.oid = a.amopmethod
    where a.amopopr = o.oid and (m.amname, a.amopstrategy) in (('btree', 3), ('hash', 1)))
from pg_catalog.pg_operator o where o.oid = %(oid)s
"""

TYPE: Final = """
with recursive chain(oid, kind, not_null, base) as (
    select t.oid, t.typtype, t.typnotnull, t.typbasetype from pg_catalog.pg_type t where t.oid = %(oid)s
    union all
    select t.oid, t.typtype, t.typnotnull, t.typbasetype
    from pg_catalog.pg_type t join chain c on t.oid = c.base
)
select pg_catalog.format_type(t.oid, null), t.typtype::text,
    (select pg_catalog.bool_or(c.kind = 'd' and c.not_null) from chain c),
    (select c.oid::int8 from chain c where c.base = 0),
    exists (select from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attisdropped),
    case when t.typcategory = 'A' or t.oid = 'pg_catalog._record'::regtype then t.typelem::int8 else 0 end,
    t.typrelid::int8
from pg_catalog.pg_type t where t.oid = %(oid)s
"""

COLLATION: Final = "select c.collisdeterministic from pg_catalog.pg_collation c where c.oid = %(oid)s"
