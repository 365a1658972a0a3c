"""The what-if page. Streamlit runs this file from top to bottom whenever something is moved."""

from __future__ import annotations

import math
import time

import pandas as pd
import streamlit as st

from drsim.errors import DrsimError, ScenarioError
from scenarios.app import meters, working
from scenarios.app.levers import SLOW_ARMS, Lever, edited, levers_of, window_text, without_programs
from scenarios.loader import bundled_names, load_scenario
from scenarios.pipeline import RunResult
from scenarios.report.arms import NO_PROGRAMME, REFERENCE, arm, present, primary
from scenarios.report.numbers import estimate, with_span
from scenarios.results.tables import ReplicationTables
from scenarios.schema.scenario import Scenario
from simulator.parameters.tables import region_names

METRICS = {
    "peak reduction, kW": "peak_reduction_kw",
    "mean in event hours, kW": "event_reduction_kw",
    "homes enrolled": "enrolled_homes",
    "cost, $": "program_cost_usd",
    "$ per kW in event hours": "usd_per_event_kw",
}
FIGURES = ("peak_day", "event_profile", "enrolled", "segments", "funnel")
TABS = ["Peak day", "An event", "Who enrolled", "Segments", "Funnel", "Over the season", "Who benefits"]


@st.cache_data(max_entries=60, show_spinner=False)
def one(key: str, number: int, _scenario: Scenario) -> ReplicationTables:
    """A replication, kept while the page is open."""
    return working.replication(_scenario, number)


def choose() -> tuple[Scenario, int] | None:
    """The side bar: a scenario, its levers, and how many replications; None where they do not fit together."""
    side = st.sidebar
    name = side.selectbox("Scenario", bundled_names(), index=bundled_names().index("heat_wave"), key="scenario")
    base = load_scenario(name)
    side.caption(base.question)
    if base.population.households > 1000:
        base = base.with_({"population.households": 1000})
    chosen: dict[str, object] = {}
    regions = region_names()
    region = side.selectbox("Region", regions, index=regions.index(base.population.region), key=f"{name}-region")
    chosen["population.region"] = region
    for lever in levers_of(base):
        chosen[lever.key] = slider(lever, f"{name}-{lever.key}")
    begins = int(base.events.begins[:2])
    first = side.slider("event begins, hour", 0, 23, begins, key=f"{name}-begins")
    length = side.slider("event lasts, hours", 1, 8, max(1, round(base.events.window_hours)), key=f"{name}-length")
    if (first, length) != (begins, round(base.events.window_hours)):
        chosen["events.window_local"] = window_text(first, length)
    if len(base.programs) > 1:
        kept = side.multiselect("Programmes", list(base.programs), list(base.programs), key=f"{name}-programs")
        if len(kept) < len(base.programs):
            chosen["programs"] = without_programs(edited(base, chosen_of(chosen, base)), kept)
            chosen = {k: v for k, v in chosen.items() if not k.startswith("programs.")}
    words = ["auto", *map(str, range(2, 13))]
    now = str(base.targeting.segments)
    segments = side.selectbox("Segments", words, index=words.index(now) if now in words else 0, key=f"{name}-segments")
    chosen["targeting.segments"] = "auto" if segments == "auto" else int(segments)
    quick = [a for a in base.arms if a not in SLOW_ARMS and a != NO_PROGRAMME]
    arms = side.multiselect("Arms", [a for a in base.arms if a != NO_PROGRAMME], quick, key=f"{name}-arms",
                            format_func=lambda key: arm(key).name, help="Perfect knowledge takes longer.")  # fmt: skip
    chosen["arms"] = [NO_PROGRAMME, *arms]
    chosen["seed"] = int(side.number_input("Seed", 0, 4_294_967_295, base.seed, key=f"{name}-seed"))
    count = side.slider("Replications", 1, 20, 5, help="More draws, narrower intervals.", key=f"{name}-count")
    try:
        return edited(base, chosen), count
    except ScenarioError as error:
        for problem in error.problems:
            st.error(f"These settings do not fit together: {problem.message}")
        return None


def chosen_of(chosen: dict[str, object], base: Scenario) -> dict[str, object]:
    """What was chosen so far for the programmes alone."""
    return {key: value for key, value in chosen.items() if key.startswith("programs.")}


def slider(lever: Lever, key: str) -> float | int:
    """A slider in the side bar, in whole numbers where the lever is."""
    kind = int if lever.whole else float
    low, high, step, value = (kind(v) for v in (lever.low, lever.high, lever.step, lever.value))
    return kind(st.sidebar.slider(lever.label, low, high, value, step, help=lever.help, key=key))


def table_of(result: RunResult) -> pd.DataFrame:
    """Arms by main metrics, each with its interval."""
    rows = {}
    for key in present(result.comparison["arm"]):
        if key != NO_PROGRAMME:
            found = {n: estimate(result.comparison, key, m) for n, m in METRICS.items()}
            said = {n: with_span(e) if e.known else "not defined" for n, e in found.items()}
            plain = {n: f"{found[n].mean:,.0f}" for n in ("homes enrolled", "cost, $")}
            rows[arm(key).name] = said | plain
    return pd.DataFrame(rows).T


def answer_of(result: RunResult) -> str:
    """One sentence: the targeted arm against untargeted in event hours."""
    key = primary(present(result.comparison["arm"]))
    gain = estimate(result.comparison, key, "event_reduction_kw", difference=True) if key else None
    if gain is None or not gain.known:
        return "Choose untargeted and one other arm to compare them."
    count, name = len(result.values["replication"].unique()), arm(key).name if key else ""
    if gain.mean == 0.0 and (not gain.has_interval or gain.low == gain.high):
        why = "the budget suffices to ask everyone, or nobody was asked"
        return f"**{name} does exactly what untargeted does** here: {why}."
    if not gain.has_interval:
        return (
            f"**One draw of homes and weather so far**: {name} against untargeted {gain.mean:+.1f} kW on average in "
            "event hours. One draw shows nothing yet; with two or more there is an interval."
        )
    said = {1: "cuts more than", -1: "cuts less than", 0: "shows no clear difference from"}[gain.sign]
    text = with_span(gain, sign=True)
    return f"**{name} {said} untargeted**: {text} kW on average in event hours ({count} replications, 95 % interval)."


class Screen:
    """Places for the answer, the table and the figures; they stay while the intervals fill in."""

    def __init__(self) -> None:
        self.note, self.answer, self.table = st.empty(), st.empty(), st.empty()
        self.tabs = [tab.empty() for tab in st.tabs(TABS)]

    def show(self, result: RunResult, figures: bool) -> None:
        """Fill the places; the figures are drawn for the first replication and again for all."""
        self.answer.markdown(answer_of(result))
        self.table.dataframe(table_of(result), width="stretch")
        if not figures:
            return
        for place, name in zip(self.tabs, FIGURES, strict=False):
            with place.container():
                picture(result, name)
        with self.tabs[5].container():
            st.caption("Share of notified homes that took part, by event of the season")
            found = working.compliance(result)
            st.line_chart(found.rename(columns=lambda key: arm(key).name), y_label="fraction", x_label="event")
        with self.tabs[6].container():
            st.caption("First replication. Income is known to the simulator only: a utility could not draw this.")
            options = [a for a in present(result.comparison["arm"]) if a != NO_PROGRAMME]
            for key in options:
                if key in (REFERENCE, primary(options)):
                    st.markdown(f"**{arm(key).name}**")
                    st.dataframe(working.who_benefits(result, key))


def picture(result: RunResult, name: str) -> None:
    """One of the report's figures, and the same in words."""
    try:
        drawing = getattr(result.plot, name)()
    except DrsimError as error:
        st.info(f"{error}.")
        return
    st.image(drawing.svg, caption=drawing.caption, width="stretch")
    with st.expander("The figure in words"):
        st.write(drawing.alt)


def downloads(result: RunResult, label: str) -> None:
    """The scenario that gives what is on screen, and its report."""
    name = f"{result.scenario.name}-{result.scenario.hash}"
    left, right = st.columns(2)
    left.download_button("Download this scenario (YAML)", result.scenario.resolved_yaml(), f"{name}.yaml",
                         key=f"yaml-{label}", on_click="ignore")  # fmt: skip
    left.caption(f"`drsim run {name}.yaml` gives these numbers exactly.")
    right.download_button("Download the report", working.report_html(result), f"{name}.html", "text/html",
                          key=f"report-{label}", on_click="ignore")  # fmt: skip


def fill_in(scenario: Scenario, count: int, screen: Screen) -> RunResult:
    """Show one replication at once, then let the intervals fill in."""
    parts: list[ReplicationTables] = []
    result: RunResult | None = None
    key = scenario.with_({"replications": 1}).hash
    for number in range(count):
        began = time.perf_counter()
        parts.append(one(key, number, scenario))
        took = time.perf_counter() - began
        result = working.result_of(scenario, parts)
        screen.show(result, figures=number in (0, count - 1))
        screen.note.caption(f"{number + 1} of {count} replications; the last took {took:.1f} s.")
    assert result is not None
    return result


def side_by_side(a: RunResult, b: RunResult) -> None:
    """Two settings and their paired difference."""
    was, now = flat(a.scenario), flat(b.scenario)
    changed = [f"{key} from {was.get(key, 'nothing')} to {now[key]}" for key in now if was.get(key) != now[key]]
    st.subheader("Kept setting (A) and this one (B)")
    st.caption("Changed: " + ("; ".join(changed) or "nothing"))
    rows = []
    for key in present(b.comparison["arm"]):
        if key != NO_PROGRAMME and key in set(a.values["arm"]):
            mean, low, high = working.difference(a.values, b.values, key, "event_reduction_kw")
            verdict = working.verdict(mean, low, high)
            sides = [estimate(r.comparison, key, "event_reduction_kw").mean for r in (a, b)]
            text = f"{mean:+.1f}" + ("" if math.isnan(low) else f" ({low:.1f} to {high:.1f})")
            rows.append({"arm": arm(key).name, "A, kW": f"{sides[0]:.1f}", "B, kW": f"{sides[1]:.1f}",
                         "B − A, kW in event hours": text, "verdict": verdict})  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    left, right = st.columns(2)
    for column, result, name in ((left, a, "A"), (right, b, "B")):
        with column:
            st.markdown(f"**{name}**")
            picture(result, "peak_day")


def flat(scenario: Scenario) -> dict[str, object]:
    """Dotted keys of a scenario."""
    found: dict[str, object] = {}
    todo: list[tuple[str, object]] = list(scenario.to_data().items())
    while todo:
        key, value = todo.pop(0)
        if isinstance(value, dict) and key != "what_ifs":
            todo = [(f"{key}.{k}", v) for k, v in value.items()] + todo
        else:
            found[key] = value
    return {k: v for k, v in found.items() if k not in ("question", "description", "what_ifs")}


def what_if() -> None:
    """The tab of levers and figures."""
    picked = choose()
    if picked is None:
        return
    scenario, count = picked
    st.subheader(scenario.question)
    screen = Screen()
    try:
        result = fill_in(scenario, count, screen)
    except DrsimError as error:
        st.error(f"This setting could not be run: {error}")
        return
    downloads(result, "now")
    if st.button("Keep this setting for comparison (A)"):
        st.session_state["kept"] = result
    if "kept" in st.session_state:
        side_by_side(st.session_state["kept"], result)
    st.caption("Homes are simulated. Intervals cover the draw of homes, weather and dice, not wrong parameters.")


st.set_page_config(page_title="drsim: what if", layout="wide")
st.title("drsim: what if")
about, own = st.tabs(["What if", "Your meters"])
with about:
    what_if()
with own:
    meters.page()
