"""The documentation that the API serves of itself: the OpenAPI document, a viewer, the kinds of problems."""

from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from genjilib.core.errors import REPORTED, NotFound, Poison
from genjilib.core.json import Json
from genjilib.web.openapi import write_openapi
from genjilib.web.problems import REFUSED, slug_of
from genjilib.web.routes import Route, get

_VIEWER = Path(__file__).parent / "viewer"
_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "start.js", "page.css", "favicon-32x32.png")
# Swagger UI sets style attributes from its script; nothing but this server is ever asked for anything.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/docs/viewer/favicon-32x32.png">
<link rel="stylesheet" href="/docs/viewer/swagger-ui.css">
<link rel="stylesheet" href="/docs/viewer/page.css">
{head}</head>
<body>{body}</body>
</html>
"""
_SCRIPTS = """<script src="/docs/viewer/swagger-ui-bundle.js" defer></script>
<script src="/docs/viewer/start.js" defer></script>
"""


def docs_routes(routes: Sequence[Route], version: str) -> list[Route]:
    """Return the routes that document ``routes``; anybody may read them."""

    @cache
    def document() -> Json[object]:
        return Json(write_openapi(routes, version))

    async def openapi() -> Json[object]:
        """Return the OpenAPI document, written when it is first asked for."""
        return document()

    return [
        get("/docs/openapi.json", openapi, public=True, hidden=True, etag=True),
        get("/docs", viewer, public=True, hidden=True),
        get("/docs/problems", problems, public=True, hidden=True),
        get("/docs/viewer/{name}", viewer_file, public=True, hidden=True),
    ]


async def viewer() -> web.Response:
    """Show the OpenAPI document."""
    return _page("Genji API", '<div id="viewer"></div>', _SCRIPTS)


async def problems() -> web.Response:
    """Explain the kinds of problems; each is the target of a problem's ``type``."""
    refused = [HTTPStatus(status) for status in REFUSED]
    kinds = [(kind.slug, kind.title, kind.status, _sentence(kind)) for kind in REPORTED if kind is not Poison]
    kinds += [(slug_of(status), status.phrase, status.value, f"{status.description}.") for status in refused]
    kinds.append(("internal", "Internal error", 500, "A defect; tell us the reference and we can find it."))
    entries = [
        f'<dt id="{slug}">{title} <small>{status}</small></dt><dd>{sentence}</dd>'
        for slug, title, status, sentence in kinds
    ]
    body = f'<main class="problems"><h1>Problems</h1><dl>{"".join(entries)}</dl></main>'
    return _page("Problems of the Genji API", body, "")


async def viewer_file(name: str) -> web.FileResponse:
    """Send a file of the viewer."""
    if name not in _FILES:
        raise NotFound("Not Found")
    return web.FileResponse(_VIEWER / name, headers={**_HEADERS, "Cache-Control": "public, max-age=3600"})


def _page(title: str, body: str, head: str) -> web.Response:
    text = _PAGE.format(title=title, body=body, head=head)
    return web.Response(text=text, content_type="text/html", headers=_HEADERS)


def _sentence(kind: type[Exception]) -> str:
    """Return the first sentence of the docstring of ``kind``."""
    sentence = (kind.__doc__ or "").partition("\n")[0]
    return sentence.replace("``after`` seconds", "the seconds that Retry-After names")
