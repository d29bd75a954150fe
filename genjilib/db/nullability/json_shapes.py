"""What a column holds inside: the JSON that the statement itself builds, rows, and arrays of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from genjilib.db.nullability.catalog import Catalog
from genjilib.db.nullability.columns import cte, wanted
from genjilib.db.nullability.facts import function_of, is_null_constant, when_true
from genjilib.db.nullability.nodes import Node
from genjilib.db.nullability.scope import Place, Scope
from genjilib.db.nullability.terms import NO_FACTS, Link, Rte
from genjilib.db.signature import Shape

_BUILD: Final = ("json_build_object", "jsonb_build_object")
_WHOLE: Final = ("to_json", "to_jsonb", "row_to_json")
_GATHER: Final = ("json_agg", "jsonb_agg")
_JSON: Final = frozenset((114, 3802))
_BOOLEAN: Final = 16
_UNKNOWN: Final = 705
_TYPE_FIELDS: Final = (
    *("vartype", "consttype", "funcresulttype", "opresulttype", "aggtype", "wintype", "coalescetype"),
    *("casetype", "resulttype", "paramtype", "array_typeid", "minmaxtype", "refrestype", "type"),
)
_TRUTHS: Final = frozenset(
    ("BOOLEXPR", "NULLTEST", "BOOLEANTEST", "SCALARARRAYOPEXPR", "DISTINCTEXPR", "ROWCOMPAREEXPR")
)


def json_shape(node: Node | None, place: Place) -> Shape | None:
    """What a JSON expression holds; nothing where it comes from elsewhere, such as a stored column."""
    if node is None:
        return None
    if node.kind == "VAR":
        return _of_column(node, place)
    if node.kind in ("FUNCEXPR", "AGGREF"):
        return _of_call(node, place)
    if node.kind == "COALESCEEXPR":
        first, *others = node.nodes("args")
        shape = json_shape(first, place)
        return shape if shape and shape.items and all(map(_is_empty_array, others)) else None
    if node.kind == "CASEEXPR":
        return _of_case(node, place)
    select = node.node("subselect")
    if node.kind == "SUBLINK" and node.integer("subLinkType") == Link.EXPRESSION and select is not None:
        return output_shape(place.linked(node, select), 1)
    return None


def output_shape(scope: Scope, number: int) -> Shape | None:
    """What the n-th column that comes out of a query holds."""
    targets = scope.targets()
    if scope.query.node("setOperations") is not None or number > len(targets):
        return None
    return json_shape(targets[number - 1].node("expr"), scope.place())


def row_shape(scope: Scope, number: int, oid: int) -> Shape | None:
    """What the n-th column holds if its type is composite, or an array of such; nothing for other types."""
    catalog = scope.catalog
    of_type = shape_of_type(catalog, oid, nullable=False)
    inner = of_type.items or of_type
    if inner.fields is None and inner.type_name != "record":
        return None
    targets = scope.targets()
    node = targets[number - 1].node("expr") if number <= len(targets) else None
    if node is None or scope.query.node("setOperations") is not None:
        return of_type if inner.fields else None
    place, shape, select = scope.place(), None, node.node("subselect")
    if select is not None and node.integer("subLinkType") == Link.EXPRESSION:
        shape = row_shape(place.linked(node, select), 1, oid)
    elif node.kind == "VAR" and not node.integer("varattno"):
        found = _row(node, place)
        shape = replace(of_type, fields=found.fields) if found else None
    elif _gathers(node, place, "array_agg"):
        found = _value(node.nodes("args")[0].node("expr"), place.below())
        items = replace(inner, nullable=found.nullable, fields=found.fields) if found else None
        shape = replace(of_type, items=items) if items and items.fields else None
    return shape or (of_type if inner.fields else None)


def row_of_type(catalog: Catalog, oid: int) -> Shape | None:
    """What a value of a composite type holds, or of an array of such; nothing for other types."""
    shape = shape_of_type(catalog, oid, nullable=False)
    return shape if (shape.items or shape).fields else None


def shape_of_type(catalog: Catalog, oid: int, *, nullable: bool) -> Shape:
    """What a value holds as far as its type tells: any field of a row, and any element, may be null."""
    kind = catalog.type(catalog.type(oid).base)
    name, fields, items = catalog.plain_name(oid), None, None
    if kind.element:
        items = shape_of_type(catalog, kind.element, nullable=True)
    elif kind.relation:
        columns = sorted(catalog.relation(kind.relation).attributes.items())
        fields = {
            column.name: shape_of_type(catalog, column.type_oid, nullable=True) for _, column in columns
        }
    return Shape(name, nullable, fields, items)


def _gathers(node: Node, place: Place, aggregate: str) -> bool:
    """Whether an expression is a call of one of PostgreSQL's own aggregates."""
    if node.kind != "AGGREF" or node.integer("agglevelsup"):
        return False
    function = place.scope.catalog.function(node.integer("aggfnoid"))
    return bool(function.signature) and function.name == aggregate


def _of_case(node: Node, place: Place) -> Shape | None:
    """All branches that are not null hold the same."""
    branches = [(branch.node("result"), branch.node("expr")) for branch in node.nodes("args")]
    tested = node.node("arg") is not None
    shapes: list[Shape | None] = []
    for result, condition in [*branches, (node.node("defresult"), None)]:
        if result is not None and not is_null_constant(result):
            known = NO_FACTS if tested else when_true(place.scope, condition)
            shapes.append(json_shape(result, place.knowing(known)))
    return shapes[0] if shapes and all(shape == shapes[0] for shape in shapes) else None


def _of_column(node: Node, place: Place) -> Shape | None:
    scope, level, varno = place.scope, node.integer("varlevelsup"), node.integer("varno")
    if level:
        outer = scope.outer_place(level)
        return json_shape(Node("VAR", {**node.fields, "varlevelsup": "0"}), outer) if outer else None
    entry, number = scope.entry(varno), node.integer("varattno")
    if entry.integer("rtekind") == Rte.JOIN:
        sources = entry.nodes("joinaliasvars")
        return json_shape(sources[number - 1], place) if 0 < number <= len(sources) else None
    inner = inside(scope, varno)
    return output_shape(inner, number) if inner is not None and number > 0 else None


def inside(scope: Scope, index: int) -> Scope | None:
    """The query behind a range table entry: a sub-select, a view or a common table expression."""
    entry = scope.entry(index)
    kind, query = entry.integer("rtekind"), entry.node("subquery")
    if kind == Rte.RELATION:
        return scope.view(index, wanted(scope, index))
    if kind == Rte.SUBQUERY and query is not None:
        return scope.subscope(query, ("entry", index), wanted(scope, index))
    owner = scope.up(entry.integer("ctelevelsup")) if kind == Rte.CTE else None
    definition = cte(owner, entry.word("ctename"))
    query = definition.node("ctequery") if definition and not definition.flag("cterecursive") else None
    if owner is None or query is None:
        return None
    return owner.subscope(query, ("cte", entry.word("ctename")), wanted(scope, index))


def _of_call(node: Node, place: Place) -> Shape | None:
    catalog = place.scope.catalog
    function = catalog.function(node.integer("aggfnoid") or function_of(catalog, node))
    arguments = node.nodes("args")
    if not function.signature or node.flag("funcvariadic"):
        return None
    if function.name in _BUILD:
        return _built(arguments, place)
    if function.name in _WHOLE:
        return _row(arguments[0], place)
    if function.name in _GATHER and not node.integer("agglevelsup"):
        items = _value(arguments[0].node("expr"), place.below())
        return Shape("json", nullable=False, items=items) if items else None
    return None


def _built(arguments: list[Node], place: Place) -> Shape | None:
    fields: dict[str, Shape] = {}
    for key, value in zip(arguments[::2], arguments[1::2], strict=True):
        name, shape = _text(key), _value(value, place)
        if name is None or shape is None:
            return None
        fields[name] = shape
    return Shape("json", nullable=False, fields=fields) if fields else None


def _row(node: Node, place: Place) -> Shape | None:
    """A whole row of something in FROM: an object of its columns."""
    scope, index = place.scope, node.integer("varno")
    if node.kind != "VAR" or node.integer("varattno") or node.integer("varlevelsup"):
        return None
    entry, fields = scope.entry(index), dict[str, Shape]()
    reference, inner = entry.node("eref"), inside(scope, index)
    if inner is not None and reference is not None:
        for number, (name, target) in enumerate(
            zip(reference.words("colnames"), inner.targets(), strict=False), 1
        ):
            nested = output_shape(inner, number)
            nullable = scope.prover.column(scope, index, number).nullable
            fields[name] = _typed(
                _type_of(target.node("expr"), inner.place()), nested, place, nullable=nullable
            )
    elif entry.integer("rtekind") == Rte.RELATION:
        relation = scope.catalog.relation(entry.integer("relid"))
        for number, column in sorted(relation.attributes.items()):
            nullable = scope.prover.column(scope, index, number).nullable
            fields[column.name] = _typed(column.type_oid, None, place, nullable=nullable)
    return Shape("json", nullable=False, fields=fields) if fields else None


def _value(node: Node | None, place: Place) -> Shape | None:
    """A value inside JSON."""
    if node is None:
        return None
    nullable = place.judge(node).nullable
    if node.kind == "VAR" and not node.integer("varattno"):
        nested = _row(node, place)
        return Shape("json", nullable, nested.fields) if nested else None
    oid = _type_of(node, place)
    return _typed(oid, json_shape(node, place) if oid in _JSON else None, place, nullable=nullable)


def _typed(oid: int, nested: Shape | None, place: Place, *, nullable: bool) -> Shape:
    if nested is not None:
        return Shape("json", nullable, nested.fields, nested.items)
    return shape_of_type(place.scope.catalog, oid, nullable=nullable) if oid else Shape("json", nullable)


def _type_of(node: Node | None, place: Place) -> int:
    """The type of an expression, 0 where its node does not tell."""
    if node is None:
        return 0
    link = node.integer("subLinkType") if node.kind == "SUBLINK" else None
    if node.kind in _TRUTHS or link in (Link.EXISTS, Link.ANY, Link.ALL):
        return _BOOLEAN
    select = node.node("subselect")
    if link == Link.EXPRESSION and select is not None:
        inner = place.linked(node, select)
        return _type_of(inner.targets()[0].node("expr"), inner.place()) if inner.targets() else 0
    found = next((oid for field in _TYPE_FIELDS if (oid := node.integer(field))), 0)
    return 0 if found == _UNKNOWN else found


def _text(node: Node) -> str | None:
    """The text of a constant; nothing where it is another kind of expression."""
    if node.kind != "CONST" or node.flag("constisnull"):
        return None
    data = node.datum("constvalue")
    return (data[:-1] if node.integer("consttype") == _UNKNOWN else data[4:]).decode()


def _is_empty_array(node: Node) -> bool:
    # As json it is the text, as jsonb a container of no elements.
    data = node.datum("constvalue")[4:] if node.kind == "CONST" else b""
    return data in (b"[]", (0x40000000).to_bytes(4, "little"))
