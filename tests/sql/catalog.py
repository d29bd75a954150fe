"""A database as lines of text: one a table, column, constraint, index, trigger, function, enum, sequence."""

import psycopg

OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
# What an extension brought along is not ours.
OWN = "not exists (select from pg_depend d where d.objid = {}.oid and d.deptype = 'e')"

TABLES = f"""
    select format('table %s.%s', n.nspname, t.relname)
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where t.relkind in ('r', 'p', 'v', 'm') and {OURS} and {OWN.format("t")}
"""

COLUMNS = f"""
    select format('%s.%s.%s %s', n.nspname, t.relname, a.attname, format_type(a.atttypid, a.atttypmod))
        || case when a.attnotnull then ' not null' else ' null' end
        || case a.attidentity
            when 'a' then ' identity always'
            when 'd' then ' identity by default'
            else ''
        end
        || case when d.oid is null then '' when a.attgenerated = 's' then ' generated ' else ' default ' end
        || coalesce(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::(text|regclass)', '', 'g'), '')
    from pg_attribute a
    join pg_class t on t.oid = a.attrelid
    join pg_namespace n on n.oid = t.relnamespace
    left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    where t.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and {OURS}
    order by n.nspname, t.relname, a.attnum
"""

CONSTRAINTS = f"""
    select format('%s.%s constraint %s %s', n.nspname, t.relname, c.conname, pg_get_constraintdef(c.oid))
        || case when c.convalidated then '' else ' not valid' end
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid
    join pg_namespace n on n.oid = t.relnamespace
    where c.contype <> 't' and {OURS}
"""

INDEXES = f"""
    select format('%s.%s ', n.nspname, t.relname)
        || case when x.indisunique then 'unique ' else '' end
        || format('index %s ', i.relname)
        || regexp_replace(
            regexp_replace(pg_get_indexdef(i.oid), '^.* USING (btree )?', ''), '^gin ', 'GIN '
        )
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where not exists (select from pg_constraint c where c.conindid = i.oid) and {OURS}
"""

TRIGGERS = f"""
    select format('%s.%s trigger %s %s', n.nspname, t.relname, g.tgname,
        replace(pg_get_triggerdef(g.oid), format('CREATE TRIGGER %I ', g.tgname), ''))
    from pg_trigger g
    join pg_class t on t.oid = g.tgrelid
    join pg_namespace n on n.oid = t.relnamespace
    where not g.tgisinternal and {OURS}
"""

OTHERS = f"""
    select format('extension %s', e.extname) from pg_extension e where e.extname <> 'plpgsql'
    union all
    select format('schema %s', n.nspname) from pg_namespace n where n.nspname <> 'public' and {OURS}
    union all
    select format('function %s.%s(%s) %s', n.nspname, p.proname, pg_get_function_arguments(p.oid),
        pg_get_function_result(p.oid))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where {OURS} and {OWN.format("p")}
    union all
    select format('enum %s.%s ', n.nspname, y.typname)
        || string_agg(v.enumlabel, ', ' order by v.enumsortorder)
    from pg_type y
    join pg_namespace n on n.oid = y.typnamespace
    join pg_enum v on v.enumtypid = y.oid
    group by n.nspname, y.typname
    union all
    select format('sequence %s.%s ', n.nspname, s.relname)
        || format('%s %s..%s', format_type(q.seqtypid, null), q.seqmin, q.seqmax)
    from pg_sequence q
    join pg_class s on s.oid = q.seqrelid
    join pg_namespace n on n.oid = s.relnamespace
    where not exists (select from pg_depend d where d.objid = s.oid and d.deptype in ('a', 'i'))
"""


def describe(connection: psycopg.Connection) -> list[str]:
    """Everything ours in the database except dbmate's own table; a table's columns in their order."""
    lines = [
        str(line)
        for query in (OTHERS, TABLES, CONSTRAINTS, INDEXES, TRIGGERS)
        for (line,) in connection.execute(query)
    ]
    columns = [str(line) for (line,) in connection.execute(COLUMNS)]
    return [line for line in sorted(lines) + columns if "public.schema_migrations" not in line]
