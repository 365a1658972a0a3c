"""Names, one-line descriptions and line styles of the arms, for a reader who has never heard the word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

REFERENCE = "untargeted"
NO_PROGRAMME = "none"
#: Arms that are checks on the method and could not be run by a utility.
CHECKS = ("placebo", "oracle", "propensity_targeted_sunk", "uplift_targeted_sunk", "knapsack_sunk")
#: Orders that need no segments: the strong and simple rivals.
PLAIN = ("load_ranked", "bill_ranked")
SEGMENTED = ("segment_targeted", "segment_absolute")


@dataclass(frozen=True)
class Arm:
    """How one arm is called and drawn; ``colour`` is from the Okabe-Ito colour-blind safe palette."""

    key: str
    name: str
    what: str
    colour: str
    dash: str
    marker: str


_KNOWN = (
    Arm(
        "none",
        "No programme",
        "Nobody is offered anything. This is the load that all reductions are measured from.",
        "#000000",
        "-",
        "o",
    ),
    Arm(
        "blanket",
        "Offer to everyone",
        "Every home gets the same offer, at the incentive that the budget then allows.",
        "#56B4E9",
        "--",
        "v",
    ),
    Arm(
        "untargeted",
        "Untargeted",
        "Offers go out in random order until the budget is used up. The yardstick for all others.",
        "#0072B2",
        "-",
        "s",
    ),
    Arm(
        "bill_ranked",
        "Highest bills first",
        "Homes are offered the programme in order of their monthly electricity use.",
        "#CC79A7",
        "--",
        "^",
    ),
    Arm(
        "load_ranked",
        "Highest peak use first",
        "Homes are offered the programme in order of past demand in the event hours. Needs no segments.",
        "#CC79A7",
        "-",
        "D",
    ),
    Arm(
        "segment_targeted",
        "Segment-targeted",
        "Homes are grouped by the shape of their day; groups expected to give most kW per dollar come first.",
        "#D55E00",
        "-",
        "o",
    ),
    Arm(
        "segment_absolute",
        "Segment-targeted by size",
        "As segment-targeted, but homes are grouped by their demand in kW, so size counts as well as shape.",
        "#E69F00",
        "-",
        "P",
    ),
    Arm(
        "placebo",
        "Check: shuffled segments",
        "As segment-targeted, but with the group labels dealt out at random. It must gain nothing.",
        "#767676",
        ":",
        "X",
    ),
    Arm(
        "segment_offers",
        "An offer for each segment",
        "Each segment is offered its own programmes, incentive and letter, planned from records alone.",
        "#E69F00",
        "--",
        "p",
    ),
    Arm(
        "propensity_targeted",
        "Likeliest to join first",
        "Homes in order of predicted take-up, learned from a pilot that is paid for first.",
        "#8F3985",
        ":",
        "<",
    ),
    Arm(
        "uplift_targeted",
        "Most effect per dollar first",
        "Homes in order of predicted reduction per dollar, learned from a pilot that is paid for first.",
        "#8F3985",
        "-",
        ">",
    ),
    Arm(
        "knapsack",
        "Surest to reach a target",
        "The set of homes likeliest to reach a target, learned from a pilot that is paid for first.",
        "#8F3985",
        "--",
        "H",
    ),
    Arm(
        "oracle",
        "Check: perfect knowledge",
        "Offers chosen knowing what each home truly gives on average. No utility can; it marks the limit.",
        "#009E73",
        "-.",
        "*",
    ),
)
_BY_KEY = {arm.key: arm for arm in _KNOWN}
_SPARE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")


def arm(key: str) -> Arm:
    """Describe an arm; one that this page does not know keeps its own name."""
    if key in _BY_KEY:
        return _BY_KEY[key]
    name = key.replace("_", " ").capitalize()
    colour = _SPARE[sum(key.encode()) % len(_SPARE)]  # stable between runs, unlike hash()
    return Arm(key, name, "An arm defined in the scenario.", colour, "--", "d")


def present(keys: Iterable[object]) -> list[str]:
    """Arms in the order of the page: the known ones as listed here, then others as met."""
    met = list(dict.fromkeys(str(key) for key in keys))
    return [a.key for a in _KNOWN if a.key in met] + [key for key in met if key not in _BY_KEY]


def primary(keys: Iterable[str]) -> str | None:
    """Choose the arm the answer is about: segment targeting if it was run, else the first real strategy."""
    here = present(keys)
    for key in SEGMENTED:
        if key in here:
            return key
    others = [key for key in here if key not in (REFERENCE, NO_PROGRAMME, *CHECKS)]
    return others[0] if others else None
