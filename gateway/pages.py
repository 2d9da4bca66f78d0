"""The OpenAPI document and the two pages that show it, and the page of an interview, with all that they load served from here."""

import asyncio
import hashlib
from importlib import util
from pathlib import Path

from aiohttp import web

SCHEMA = "/api/schema/"

# Scripts and fonts come from here alone. Styles may stand inline, for both pages write theirs as they render.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_INTERVIEW = Path(__file__).parent / "interview"
_INTERVIEW_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_DEVICES = "microphone=(self), camera=(self)"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_REVALIDATE = "no-cache"
_DAY = "public, max-age=86400"

_SWAGGER_PAGE = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Einstellen: API</title>
  <link rel="icon" href="/static/swagger-ui/favicon-32x32.png">
  <link rel="stylesheet" href="/static/swagger-ui/swagger-ui.css">
</head>
<body>
  <div id="page"></div>
  <script src="/static/swagger-ui/swagger-ui-bundle.js"></script>
  <script src="/static/pages/swagger-ui.js"></script>
</body>
</html>
"""
_REDOC_PAGE = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Einstellen: API</title>
  <link rel="icon" href="/static/swagger-ui/favicon-32x32.png">
</head>
<body style="margin: 0">
  <div id="page"></div>
  <script src="/static/redoc/bundles/redoc.standalone.js"></script>
  <script src="/static/pages/redoc.js"></script>
</body>
</html>
"""
# Each in a file of its own, because the policy lets no script stand in a page.
_SCRIPTS = {
    "swagger-ui.js": f"""\
SwaggerUIBundle({{
  url: "{SCHEMA}",
  dom_id: "#page",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
}});
""",
    "redoc.js": f"""\
Redoc.init("{SCHEMA}", {{ hideDownloadButton: false, expandResponses: "200" }}, document.getElementById("page"));
""",
}


def add_pages(app: web.Application, document: bytes) -> None:
    """Add the routes to an application; the document is OpenAPI as JSON, served as it is."""
    etag = hashlib.sha256(document).hexdigest()[:32]

    async def schema(request: web.Request) -> web.Response:
        headers = {**_HEADERS, "Cache-Control": _REVALIDATE}
        known = request.if_none_match or ()
        response = (
            web.Response(status=304, headers=headers)
            if any(tag.value in (etag, "*") for tag in known)
            else web.Response(body=document, content_type="application/json", charset="utf-8", headers=headers)
        )
        response.etag = etag
        return response

    async def script(request: web.Request) -> web.Response:
        try:
            text = _SCRIPTS[request.match_info["name"]]
        except KeyError:
            raise web.HTTPNotFound from None
        return web.Response(text=text, content_type="text/javascript", headers={**_HEADERS, "Cache-Control": _REVALIDATE})

    async def swagger_ui(_: web.Request) -> web.Response:
        return _page(_SWAGGER_PAGE)

    async def redoc(_: web.Request) -> web.Response:
        return _page(_REDOC_PAGE)

    for path, handler in ((SCHEMA, schema), ("/api/schema/swagger-ui/", swagger_ui), ("/docs/", swagger_ui), ("/redoc/", redoc)):
        app.router.add_get(path, handler)
        app.router.add_get(path.rstrip("/"), handler)
    app.router.add_get("/static/pages/{name}", script)
    assets = _assets()
    for folder in ("swagger-ui", "redoc"):
        app.router.add_static(f"/static/{folder}/", assets[folder])
    app.on_response_prepare.append(_mark_assets)


def add_interview_page(app: web.Application) -> None:
    """`/static/interview/?interview=<id>`: the device check, the room, the end. Plain files, beside this module."""
    files = {path.name: path for path in sorted(_INTERVIEW.iterdir())}
    kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

    async def serve(request: web.Request) -> web.Response:
        path = files.get(request.match_info.get("name", "") or "index.html")
        if path is None:
            raise web.HTTPNotFound
        headers = {**_HEADERS, "Content-Security-Policy": _INTERVIEW_POLICY, "Cache-Control": _REVALIDATE, "Permissions-Policy": _DEVICES}
        text = await asyncio.to_thread(path.read_text)
        return web.Response(text=text, content_type=kinds[path.suffix], headers=headers)

    for route in ("/static/interview", "/static/interview/", "/static/interview/{name}"):
        app.router.add_get(route, serve)


def _page(html: str) -> web.Response:
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY, "Cache-Control": _REVALIDATE}
    return web.Response(text=html, content_type="text/html", headers=headers)


async def _mark_assets(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith(("/static/swagger-ui/", "/static/redoc/")) and response.status < 400:
        response.headers.update(_HEADERS)
        response.headers["Cache-Control"] = _DAY


def _assets() -> dict[str, Path]:
    """The folders inside the package that carries both pages, found without importing it: its code is for a framework that is not here."""
    spec = util.find_spec("drf_spectacular_sidecar")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package drf-spectacular-sidecar is not installed, and the API pages come from it")
    root = Path(spec.submodule_search_locations[0]) / "static" / "drf_spectacular_sidecar"
    return {"swagger-ui": root / "swagger-ui-dist", "redoc": root / "redoc"}
