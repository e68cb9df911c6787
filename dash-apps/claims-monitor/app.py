"""Claims monitor: the tenant's payments, replayed live over a WebSocket."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import dash
import pandas as pd
from dash import Dash, Input, Output, State, ctx, dcc, html, set_props
from dash.exceptions import PreventUpdate
from figures import ledger_figure, pattern_figure
from ledger import Ledger, Posting, ledger_of, postings_of

from dashgate import DashgateError, Tenant, current_tenant, look

SECONDS_A_POSTING = 0.35
LATEST = 6

app = Dash(__name__, backend="fastapi", title="Claims monitor", update_title=None)
server = app.server
look.use(app)


def layout() -> Any:
    try:
        tenant = current_tenant()
        frame = allowed(tenant, tenant.dataset("payments"))
        return page(tenant, frame)
    except DashgateError as error:
        return look.problem(error)


def allowed(tenant: Tenant, frame: pd.DataFrame) -> pd.DataFrame:
    """The payments of the lines that the tenant may choose."""
    return tenant.restrict(frame, "line_of_business", "line-of-business")


def page(tenant: Tenant, frame: pd.DataFrame) -> Any:
    ledger = ledger_of(frame)
    # Where one of the two is hidden, the other has the whole line.
    alone = not (tenant.visible("feed") and tenant.visible("pattern"))
    latest = html.Div(feed([]), id="feed")
    feed_card = look.card("Latest postings", latest, note="The newest first.", wide=alone)
    pattern_card = look.card("Payment pattern", *pattern(tenant, ledger.lines), wide=alone)
    return look.page(
        tenant,
        tenant.dashboard_title,
        dcc.Store(id="position", data=0),
        dcc.Store(id="playing"),
        buttons(),
        look.tiles(
            look.tile("Calendar year", "–", "as it was then", id="calendar-year"),
            look.tile("Paid so far", "0", "thousand USD", id="paid-so-far"),
            look.tile("Postings", "0", f"of {len(postings_of(frame))}", id="postings"),
        ),
        look.grid(
            look.card(
                "Payments by calendar year",
                look.graph("live", "Payments by calendar year and line", live(ledger, frame)),
                wide=True,
            ),
            # What is not for this tenant stays in the page for the callbacks, unseen and empty.
            feed_card if tenant.visible("feed") else html.Div(feed_card, hidden=True),
            pattern_card if tenant.visible("pattern") else html.Div(pattern_card, hidden=True),
        ),
        subtitle="Schedule P payments, thousand USD",
    )


def buttons() -> Any:
    start = html.Button("Start", id="start", type="button", className="dg-button")
    pause = html.Button(
        "Pause", id="pause", type="button", className="dg-button dg-quiet", disabled=True
    )
    return look.controls(
        start, pause, html.P("Ready", id="live-status", className="dg-status", role="status")
    )


def pattern(tenant: Tenant, available: list[str]) -> list[Any]:
    lines = tenant.options("line-of-business", available)
    line = dcc.Dropdown(
        lines,
        tenant.default("line-of-business", among=lines),
        id="line-of-business",
        clearable=False,
        searchable=False,
    )
    return [
        look.field("Line of business", line),
        look.graph("pattern", "Cumulative payments by accident year", height=300),
    ]


app.layout = layout


def live(ledger: Ledger, frame: Any) -> dict[str, Any]:
    return ledger_figure(ledger, float(frame.groupby("calendar_year")["paid"].sum().max()))


@dash.callback(
    Input("start", "n_clicks"),
    State("position", "data"),
    websocket=True,
    persistent=True,
    prevent_initial_call=True,
)
async def replay(_clicks: int, position: int) -> None:
    """Goes on until it is paused, started again, finished, or the page is closed.

    The browser keeps the position and says in ``playing`` which run it wants: no state is on the
    server, so that a connection may end at any time and on any worker.
    """
    tenant = current_tenant()
    frame = await tenant.dataset_async("payments")
    frame = await asyncio.to_thread(allowed, tenant, frame)
    has_feed = await asyncio.to_thread(tenant.visible, "feed")
    postings, ledger = postings_of(frame), ledger_of(frame)
    run = uuid.uuid4().hex
    begin = position if position < len(postings) else 0
    for posting in postings[:begin]:
        ledger.post(posting)
    set_props("playing", {"data": run})
    state("Live", playing=True)
    for at in range(begin, len(postings)):
        await asyncio.sleep(SECONDS_A_POSTING)
        if ctx.websocket.is_shutdown or await ctx.websocket.get_prop("playing", "data") != run:
            return
        ledger.post(postings[at])
        set_props("live", {"figure": live(ledger, frame)})
        tell(ledger, postings[: at + 1], has_feed)
    state("Finished", playing=False)


def tell(ledger: Ledger, posted: list[Posting], has_feed: bool) -> None:
    set_props("position", {"data": len(posted)})
    set_props("calendar-year", {"children": str(posted[-1].calendar_year)})
    set_props("paid-so-far", {"children": f"{ledger.total:,}"})
    set_props("postings", {"children": str(ledger.count)})
    if has_feed:
        set_props("feed", {"children": feed(posted[: -LATEST - 1 : -1])})


def state(said: str, playing: bool) -> None:
    set_props("live-status", {"children": said})
    set_props("pause", {"disabled": not playing})


def feed(postings: list[Posting]) -> Any:
    if not postings:
        return html.P("Nothing posted yet.", className="dg-note")
    return html.Ol(
        [
            html.Li(
                [
                    html.Span(f"{posting.calendar_year}", className="when"),
                    html.Span(f"for accident year {posting.accident_year}"),
                    html.Span(f"{posting.total:,}", className="amount"),
                ]
            )
            for posting in postings
        ],
        className="feed",
    )


@dash.callback(
    Output("playing", "data"),
    Output("live-status", "children"),
    Output("pause", "disabled"),
    Input("pause", "n_clicks"),
    websocket=True,
    prevent_initial_call=True,
)
def pause(_clicks: int) -> tuple[None, str, bool]:
    return None, "Paused", True


@dash.callback(Output("pattern", "figure"), Input("line-of-business", "value"), websocket=True)
def show_pattern(line: str) -> dict[str, Any]:
    tenant = current_tenant()
    if not tenant.visible("pattern"):
        raise PreventUpdate
    frame = allowed(tenant, tenant.dataset("payments"))
    # The value comes from the browser, which may send another one than the page offers.
    return pattern_figure(
        frame, tenant.allowed("line-of-business", line, among=ledger_of(frame).lines)
    )
