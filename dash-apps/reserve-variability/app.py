"""Reserve variability: a bootstrap of the reserves, in the background, on several pages."""

from __future__ import annotations

import os
from typing import Any

import dash
import diskcache

# Jobs are processes forked from a worker; what they need is imported before there are threads
# that could hold an import lock at that moment.
import reserves  # noqa: F401
from dash import Dash, DiskcacheManager, Input, Output, dcc, html

from dashgate import DashgateError, current_tenant, look

PAGES = [("/", "Overview"), ("/bootstrap", "Bootstrap"), ("/method", "Method")]

# All workers share one folder: a page is polled on any of them, and all sign the handles of jobs
# with the one secret that lies in it.
jobs = DiskcacheManager(diskcache.Cache(os.environ.get("DASHGATE_CACHE_DIR", ".cache")))

app = Dash(
    __name__,
    title="Reserve variability",
    update_title=None,
    use_pages=True,
    include_pages_meta=False,
    background_callback_manager=jobs,
)
server = app.server
look.use(app)


def layout() -> Any:
    try:
        tenant = current_tenant()
        return look.page(
            tenant,
            tenant.dashboard_title,
            # The last run stays while the pages change, and goes with the tab.
            dcc.Store(id="bootstrap-result", storage_type="memory"),
            dcc.Location(id="here", refresh="callback-nav"),
            dash.page_container,
            subtitle="Schedule P, paid, thousand USD",
            nav=html.Nav(id="pages", className="dg-nav", **{"aria-label": "Pages"}),
        )
    except DashgateError as error:
        return look.problem(error)


app.layout = layout


@dash.callback(Output("pages", "children"), Input("here", "pathname"))
def links(pathname: str) -> list[Any]:
    here = dash.strip_relative_path(pathname) or ""
    return [link(name, path, path.strip("/") == here) for path, name in PAGES]


def link(name: str, path: str, is_here: bool) -> Any:
    # dcc.Link takes no aria-current, so the words say it.
    said = html.Span(" (this page)", className="dg-unseen") if is_here else None
    return dcc.Link(
        [name, said],
        href=dash.get_relative_path(path),
        id=f"to-{name.lower()}",
        className="here" if is_here else "",
    )
