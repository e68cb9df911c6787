"""Claims monitor: the tenant's payments, replayed live over a WebSocket."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import dash
from dash import Dash, Input, Output, State, ctx, dcc, html, set_props
from figures import ledger_figure, pattern_figure
from ledger import Ledger, Posting, ledger_of, postings_of

from dashgate import DashgateError, current_tenant, look

SECONDS_A_POSTING = 0.35
LATEST = 6

app = Dash(__name__, backend="fastapi", title="Claims monitor", update_title=None)
server = app.server
look.use(app)


def layout() -> Any:
    try:
        tenant = current_tenant()
        frame = tenant.dataset("payments")
    except DashgateError as error:
        return look.problem(error)
    ledger = ledger_of(frame)
    return look.page(
        tenant,
        "Claims monitor",
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
            look.card("Latest postings", html.Div(feed([]), id="feed"), note="The newest first."),
            look.card("Payment pattern", *pattern(ledger.lines)),
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


def pattern(lines: list[str]) -> list[Any]:
    line = dcc.Dropdown(lines, lines[0], id="line-of-business", clearable=False, searchable=False)
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
    frame = await current_tenant().dataset_async("payments")
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
        tell(ledger, postings[: at + 1])
    state("Finished", playing=False)


def tell(ledger: Ledger, posted: list[Posting]) -> None:
    set_props("position", {"data": len(posted)})
    set_props("calendar-year", {"children": str(posted[-1].calendar_year)})
    set_props("paid-so-far", {"children": f"{ledger.total:,}"})
    set_props("postings", {"children": str(ledger.count)})
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
    return pattern_figure(current_tenant().dataset("payments"), line)
