"""Every malformed scenario: exit code 2, one sentence per problem, all at once, and nothing left behind."""

# ruff: noqa: E501  a table of whole sentences
from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.loader import bundled_names

GOOD = """\
schema: 1
question: Does it pay to choose?
seed: 2024
population: {region: us_hot_dry, households: 1000}
season: {start: 2024-06-01, end: 2024-09-30}
events: {kind: hottest_days, at_most: 12, window_local: "16:00-19:00"}
programs:
  cool: {kind: thermostat_setback, offset_degc: 2.0, incentive_usd_per_season: 40}
  rebate: {kind: peak_time_rebate, usd_per_kwh: 1.25}
budget_usd: 12000
replications: 2
arms: [none, untargeted, segment_targeted]
"""

WINDOW = 'events.window_local is "{}"; expected "HH:MM-HH:MM", for example "16:00-19:00".'
HOMES = "expected a whole number from 20 to 2000000, for example 1000."
BUYS_NOTHING = (
    "budget_usd is 33, which buys nothing; expected at least 34 (admin 0 + contact 4 + recruitment 30 + "
    "cheapest incentive and device 0), for example 3400."
)
NO_SUCH_RANGE = "us_hot_dry.yaml would have to state a wider hard_low or hard_high"

# (what is wrong, text to replace, its replacement, the sentences expected with line and column)
CHANGED: list[tuple[str, str, str, list[str]]] = [
    (
        "unknown key at the top",
        "seed: 2024",
        "seed: 2024\nbudgt_usd: 3",
        [
            "4:1: budgt_usd is not a key of a scenario; expected schema, question, description, seed, population, ",
            'did you mean "budget_usd"?',
        ],
    ),
    (
        "unknown key inside, and so one missing",
        "households: 1000",
        "housholds: 1000",
        [
            f"4:1: population.households is missing; {HOMES}",
            "4:34: population.housholds is not a key of population; expected region, households, mix or match_reads; "
            'did you mean "households"?',
        ],
    ),
    ("text for a number", "1000", "many", [f'4:46: population.households is "many"; {HOMES}']),
    ("a quoted number", "1000", '"1000"', [f'4:46: population.households is "1000"; {HOMES}']),
    ("true for a number", "1000", "true", [f"4:46: population.households is true; {HOMES}"]),
    ("a fraction of a home", "1000", "1000.5", [f"4:46: population.households is 1000.5; {HOMES}"]),
    ("too few homes", "1000", "19", [f"4:46: population.households is 19; {HOMES}"]),
    ("too many homes", "1000", "2000001", [f"4:46: population.households is 2000001; {HOMES}"]),
    (
        "unknown region",
        "us_hot_dry",
        "us_hot_wet",
        [
            '4:22: population.region is "us_hot_wet"; expected one of au_sydney, uk_london, us_cold, us_hot_dry, '
            "us_hot_humid or us_inland_california, for example us_hot_dry; "
            'did you mean "us_hot_dry"?'
        ],
    ),
    ("window without minutes", '"16:00-19:00"', "16-19", [f"6:57: {WINDOW.format('16-19')}"]),
    ("window as a number", '"16:00-19:00"', "16", ["6:57: events.window_local is 16; expected"]),
    (
        "window that ends before it starts",
        '"16:00-19:00"',
        '"19:00-16:00"',
        [
            '6:57: events.window_local is "19:00-16:00"; expected an end after the start on the same day, '
            'for example "16:00-19:00".'
        ],
    ),
    (
        "window off the quarter-hours",
        '"16:00-19:00"',
        '"16:10-19:00"',
        ['6:57: events.window_local is "16:10-19:00"; expected quarter-hours (:00 :15 :30 :45)'],
    ),
    (
        "season that ends before it starts",
        "2024-09-30",
        "2023-09-30",
        ["5:34: season.end is 2023-09-30; expected a day on or after season.start (2024-06-01)."],
    ),
    (
        "season of two years",
        "2024-09-30",
        "2026-05-31",
        [
            "5:34: season.end is 2026-05-31, which makes 730 days; expected at most 400, for example four months."
        ],
    ),
    (
        "not a date",
        "2024-06-01",
        "June",
        [
            '5:17: season.start is "June"; expected a date YYYY-MM-DD from 1970-01-01 to 2100-12-31, '
            "for example 2024-06-01."
        ],
    ),
    (
        "no day of the calendar",
        "2024-06-01",
        "2024-02-31",
        ['5:17: season.start is "2024-02-31"; expected a date YYYY-MM-DD'],
    ),
    (
        "event outside the season, a Sunday, and twice",
        "kind: hottest_days,",
        "kind: listed, dates: [2024-05-31, 2024-07-07, 2024-07-08, 2024-07-08],",
        [
            "6:31: events.dates has 2024-07-08 2 times; expected each day once.",
            "6:32: events.dates[0] is 2024-05-31; expected a day inside the season, 2024-06-01 to 2024-09-30, "
            "for example 2024-06-01.",
            "6:44: events.dates[1] is 2024-07-07, a Sunday; expected a weekday, or weekdays_only: false.",
        ],
    ),
    (
        "listed without dates",
        "kind: hottest_days",
        "kind: listed",
        ["6:1: events.dates is missing; expected days for kind: listed, for example [2024-07-10]."],
    ),
    (
        "dates without listed",
        "at_most: 12",
        "dates: [2024-07-10]",
        [
            "6:37: events.dates is a list (2024-07-10); expected no dates with kind: hottest_days, or kind: listed."
        ],
    ),
    (
        "more dates than the limit",
        "kind: hottest_days, at_most: 12",
        "kind: listed, at_most: 1, dates: [2024-07-10, 2024-07-11]",
        ["6:43: events.dates has 2 days; expected at most events.at_most (1)."],
    ),
    (
        "unknown kind of programme",
        "kind: thermostat_setback",
        "kind: thermostat_setbak",
        [
            '8:16: programs.cool.kind is "thermostat_setbak"; expected one of battery_vpp, ',
            'or time_of_use, for example battery_vpp; did you mean "thermostat_setback"?',
        ],
    ),
    (
        "programme without a kind",
        "kind: peak_time_rebate, ",
        "",
        ["9:3: programs.rebate.kind is missing; expected one of battery_vpp, "],
    ),
    (
        "a key of the other programme",
        "offset_degc: 2.0",
        "usd_per_kwh: 2.0",
        ["8:36: programs.cool.usd_per_kwh is not a key of programs.cool; expected incentive_usd_per_season, "],
    ),
    (
        "offset out of range",
        "offset_degc: 2.0",
        "offset_degc: 6",
        ["8:49: programs.cool.offset_degc is 6; expected a number from 0.5 to 5, for example 2."],
    ),
    (
        "name of a programme",
        "  cool:",
        "  Cool it:",
        ['8:3: programs.Cool it is not a usable name; expected a name of small letters, digits and "_"'],
    ),
    (
        "offers without a programme",
        "programs:\n",
        "programs: {}\nparameters:\n",
        [
            "7:11: programs is empty; expected a programme, because untargeted and segment_targeted make offers, "
            "for example cool: {kind: thermostat_setback}.",
            "9:9: parameters.cool is a mapping (kind, offset_degc and incentive_usd_per_season); expected a number",
            "10:11: parameters.rebate is a mapping (kind and usd_per_kwh); expected a number",
        ],
    ),
    ("budget that buys nothing", "budget_usd: 12000", "budget_usd: 33", [f"10:13: {BUYS_NOTHING}"]),
    (
        "budget below zero",
        "budget_usd: 12000",
        "budget_usd: -1",
        ["10:13: budget_usd is -1; expected a number above 0 up to 1000000000, for example 12000."],
    ),
    ("budget that is no number", "12000", ".nan", ["10:13: budget_usd is nan; expected a number above 0"]),
    (
        "unknown arm",
        "segment_targeted]",
        "segment_targetted]",
        [
            '12:26: arms[2] is "segment_targetted"; expected one of none, blanket, untargeted, bill_ranked, load_ranked, '
            "segment_targeted, segment_absolute, placebo, segment_offers, propensity_targeted, uplift_targeted, "
            "knapsack and 4 more, for example none; "
            'did you mean "segment_targeted"?'
        ],
    ),
    (
        "an arm twice",
        "[none, untargeted,",
        "[untargeted, untargeted,",
        [
            "12:7: arms is a list (untargeted, untargeted, segment_targeted); expected each arm once, "
            'but "untargeted" is repeated.'
        ],
    ),
    (
        "shares that do not sum to 1",
        "households: 1000",
        "households: 1000, mix: {flat: 0.5, detached: 0.6}",
        [
            "4:57: population.mix has dwelling kinds that sum to 1.1; expected shares that sum to 1, "
            "for example {flat: 0.25, detached: 0.75}."
        ],
    ),
    (
        "unknown dwelling",
        "households: 1000",
        "households: 1000, mix: {flat: 0.5, terrace: 0.5}",
        [
            "4:69: population.mix.terrace is not a key here; expected flat, terraced, semi_detached, detached, owner, "
            "air_conditioning, smart_thermostat, electric_heat, electric_water_heater, ev, pv, pool and 2 more; "
            'did you mean "terraced"?'
        ],
    ),
    (
        "replications",
        "replications: 2",
        "replications: 0",
        ["11:15: replications is 0; expected a whole number from 1"],
    ),
    (
        "another version",
        "schema: 1",
        "schema: 2",
        [
            '1:9: schema is 2, a newer format than this drsim reads; expected 1, for example "schema: 1". What changed:'
        ],
    ),
    ("no version", "schema: 1\n", "", ["1:1: schema is missing; expected the number 1"]),
    ("duplicate key", "seed: 2024", "seed: 2024\nseed: 7", ["4:1: seed is given twice (first on line 3)"]),
    (
        "YAML tag",
        "12000",
        "!!float 12000",
        ["10:13: tag:yaml.org,2002:float is a YAML tag; expected a plain value"],
    ),
    ("YAML tag that runs", "12000", "!!python/object/apply:os.getcwd []", ["10:13: ", " is a YAML tag;"]),
    (
        "anchor and alias",
        "budget_usd: 12000",
        "budget_usd: &x 12000\nhistory_days: *x",
        ["10:13: &x is a YAML anchor; expected the value", "11:15: *x is a YAML alias; expected the value"],
    ),
    ("two documents", "budget_usd", "---\nbudget_usd", ["10:1: a second document starts here"]),
    ("a tab", "  cool:", "\tcool:", ["8:1: this is not valid YAML", "indent with spaces, not tabs"]),
    ("unclosed bracket", "segment_targeted]", "segment_targeted", ["this is not valid YAML"]),
    ("control character", "12000", "1\x012000", ["this is not valid YAML"]),
    (
        "YAML 1.1 truth",
        "replications: 2",
        "messages: yes",
        ['11:11: messages is "yes"; expected true or false'],
    ),
    (
        "named weather file missing",
        "replications: 2",
        "weather: {file: nowhere.epw}",
        [
            '11:17: weather.file is "nowhere.epw"; expected an existing weather file (EPW or NSRDB CSV), for example phoenix.epw (looked for'
        ],
    ),
    (
        "empty part",
        "replications: 2",
        "weather:",
        ["11:1: weather is empty; expected a mapping with file, warmer_degc, heat_wave_frequency_factor and"],
    ),
    (
        "unknown parameter",
        "replications: 2",
        "parameters: {ac.shar: 0.9}",
        [
            "11:14: parameters.ac.shar is not a parameter of us_hot_dry or of behaviour",
            'did you mean "ac.share"?',
        ],
    ),
    (
        "parameter out of range",
        "replications: 2",
        "parameters: {ac.share: 3}",
        ["11:24: parameters.ac.share is 3; expected ", NO_SUCH_RANGE],
    ),
    (
        "dwelling shares through parameters",
        "replications: 2",
        "parameters: {dwelling.flat_share: 0.11}",
        ["11:35: parameters.dwelling.flat_share is 0.11; expected the four dwelling shares to sum to 1"],
    ),
    (
        "fraction above 1",
        "replications: 2",
        "meters: {gap_fraction: 1.2}",
        ["11:24: meters.gap_fraction is 1.2; expected a number from 0 to 1, for example 0.002."],
    ),
    (
        "one segment",
        "replications: 2",
        "targeting: {segments: 1}",
        [
            '11:23: targeting.segments is 1; expected "auto" or a whole number from 2 to 30, for example "auto".'
        ],
    ),
    (
        "what-ifs that are no scenarios",
        "replications: 2",
        "what_ifs:\n  poor: {budget_usd: 33}\n  odd: {programs.col.device_usd: 1, weather.warmr_degc: 1}",
        [
            f"12:22: what-if poor: {BUYS_NOTHING}",
            "13:9: what-if odd: programs.col is not a programme here; expected cool or rebate; "
            'did you mean "cool"?',
            "13:37: what-if odd: weather.warmr_degc is not a key of weather; expected file, warmer_degc, ",
        ],
    ),
]
WHOLE: list[tuple[str, bytes, str]] = [
    ("empty", b"", "1:1: the file is empty"),
    ("only blanks", b" \n\n", "1:1: the file is empty"),
    ("only comments", b"# later\n", "1:1: the file holds only comments"),
    ("a list", b"- schema: 1\n", '1:1: the file is a list; expected "key: value" lines'),
    ("a word", b"hello\n", '1:1: the file is "hello"; expected "key: value" lines'),
    ("not UTF-8", b"schema: 1\nquestion: caf\xe9\n", "2:14: byte 0xe9 is not UTF-8; expected a text file"),
    ("too large", b"# " + b"x" * 1_000_001, "1:1: the file is larger than 1000000 bytes"),
    ("nested without end", b"a: " + b"[" * 5000, "values are nested more than 16 deep"),
]


def run_file(folder: Path, raw: bytes, command: str = "run") -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command on a file with these bytes; nothing else may appear."""
    (folder / "x.yaml").write_bytes(raw)
    result = CliRunner().invoke(app, [command, str(folder / "x.yaml")])
    assert [path.name for path in folder.iterdir()] == ["x.yaml"], "something was left behind"
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr.replace(f"{folder}/", "")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_unchanged_scenario_is_fine(tmp_path: Path) -> None:
    code, out, err = run_file(tmp_path, GOOD.encode(), "check")
    assert (code, err) == (0, "")
    assert out.startswith("# x (")


@pytest.mark.parametrize(
    ("old", "new", "sentences"), [case[1:] for case in CHANGED], ids=[case[0] for case in CHANGED]
)
def test_a_changed_scenario_is_refused(tmp_path: Path, old: str, new: str, sentences: list[str]) -> None:
    assert old in GOOD
    code, out, err = run_file(tmp_path, GOOD.replace(old, new, 1).encode())
    assert (code, out) == (2, "")
    assert all(sentence in err for sentence in sentences), err
    lines = [line for line in err.splitlines() if not line.startswith("drsim: ")]
    located = sum(sentence[0].isdigit() for sentence in sentences)
    assert len(lines) == max(located, 1), err
    assert all(line.startswith("x.yaml:") for line in lines)


@pytest.mark.parametrize(("raw", "sentence"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, raw: bytes, sentence: str) -> None:
    code, out, err = run_file(tmp_path, raw)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1, err


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("seed: 2024", "seed: x\nseed: 3").replace('"16:00-19:00"', "16-19")
    text = text.replace("12000", "33").replace("at_most", "atmost").replace("2024-09-30", "2023-09-30")
    code, _, err = run_file(tmp_path, text.encode())
    assert code == 2
    keys = ["seed is given twice", "seed", "season.end", "events.atmost", "events.window_local", "budget_usd"]
    found = [line.split(": ", 1)[1] for line in err.splitlines()]
    assert sorted(found[:2]) == sorted(line for line in found if line.startswith("seed"))
    assert [line.startswith(key) for line, key in zip(found[2:], keys[2:], strict=False)] == [True] * 4
    assert found[-1] == "6 problems; nothing was run"


def test_check_says_the_same_as_run(tmp_path: Path) -> None:
    raw = GOOD.replace("1000", "3").encode()
    assert run_file(tmp_path, raw, "check") == run_file(tmp_path, raw, "run")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["heat_wav"],
            f'SCENARIO is "heat_wav", and there is no such file; expected a path or one of {bundled_names()[0]}, ',
        ),
        (["heat_wav"], 'did you mean "heat_wave"?'),
        (["nowhere/heat_wave.yaml"], 'SCENARIO is "nowhere/heat_wave.yaml", and there is no such file'),
        (["."], "this is a folder; expected a scenario file"),
        (
            ["heat_wave", "--set", "budget_usd"],
            '"budget_usd" is not "key.path=value"; for example "budget_usd=24000"',
        ),
        (["heat_wave", "--set", "budget_usd=1"], "--set budget_usd: budget_usd is 1, which buys nothing;"),
        (["heat_wave", "--set", "budgt_usd=1"], 'did you mean "budget_usd"?'),
        (["heat_wave", "--set", "x=["], '--set x: "[" can not be read'),
        (["heat_wave", "--set", "seed.x=1"], "--set seed.x: seed.x does not exist; expected a key"),
        (["heat_wave", "--set", "schema=2"], "--set schema: schema can not be changed here"),
        (
            ["heat_wave", "--set", "weather.file=no.epw"],
            '--set weather.file: weather.file is "no.epw"; expected an',
        ),
        (["heat_wave", "--seed", "-1"], "--seed: seed is -1; expected a whole number from 0 to 4294967295"),
        (
            ["heat_wave", "--households", "3"],
            "--households: population.households is 3; expected a whole number",
        ),
        (
            ["heat_wave", "--what-if", "doubled"],
            '--what-if: "doubled" is not a what-if; expected doubled_incentive',
        ),
        (["heat_wave", "--workers", "0"], "--workers"),
        (["heat_wave", "--seed", "x"], "--seed"),
        (["heat_wave", "--sed", "1"], "--sed"),
        ([], "SCENARIO"),
    ],
)
def test_bad_usage_is_exit_code_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, ["run", *arguments])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert list(tmp_path.iterdir()) == []
