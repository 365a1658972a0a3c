"""What makes reads unusable: one set of rules and reasons for meter files and for simulated meters.

Nothing is dropped silently. A read that cannot be believed becomes a gap and is counted in a
:class:`~drsim.findings.Finding`; a premise with too few reads left is disqualified with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drsim.findings import Finding

#: Share of its reads a premise must have to be used at all (and of its workdays, to get a load shape).
MINIMUM_COVERAGE_FRACTION = 0.5
#: Zeros for longer than this are a dead register or a vacant supply, not a household's demand.
STUCK_ZERO_HOURS = 48.0

#: The same positive read for longer than this is a register that does not move.
STUCK_VALUE_HOURS = 48.0

#: A register shows nothing for at least this long and then all at once; a premise with more zeros just has them.
CATCH_UP_HOURS = 1.0
CATCH_UP_ZERO_FRACTION = 0.1

NEGATIVE = "negative_reads"
STUCK_ZERO = "stuck_at_zero"
STUCK_VALUE = "stuck_register"
CATCH_UP = "register_catch_up"
DUPLICATE = "duplicate_reads"
OFF_GRID = "reads_off_the_grid"
UNIT = "unit_inferred"
STAMPS = "time_stamps"
LOW_COVERAGE = "disqualified_low_coverage"
NO_BASELINE = "baseline_insufficient"


def coverage_fraction(kwh: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of present reads per premise: ``kwh`` (premises, intervals) [kWh], NaN is a gap."""
    if kwh.shape[1] == 0:
        return np.zeros(kwh.shape[0])
    return np.asarray(1.0 - np.isnan(kwh).mean(axis=1, dtype=np.float64))


def long_runs(flag: NDArray[np.bool_], longest: int) -> NDArray[np.bool_]:
    """Positions that lie in a run of more than ``longest`` consecutive True values (one dimension)."""
    edges = np.diff(np.concatenate(([False], flag, [False])).astype(np.int8))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    keep = np.zeros(len(flag), dtype=np.bool_)
    for begin, end in zip(begins, ends, strict=True):
        if end - begin > longest:
            keep[begin:end] = True
    return keep


def set_aside_bad_reads(
    kwh: NDArray[np.float32], minutes: int, premises: Sequence[str], keep_negative: bool = False
) -> tuple[NDArray[np.float32], list[Finding]]:
    """Turn reads that cannot be believed into gaps.

    Parameters
    ----------
    kwh : (premises, intervals) [kWh]
        NaN is a gap. Not changed; a copy is returned.
    minutes : int
        Length of an interval.
    premises : names of the rows
    keep_negative : whether the meters are net of solar, so that negative reads are exports

    Returns
    -------
    kwh, findings
        The copy with negative reads and zeros lasting over 48 hours as NaN, and one finding per
        premise and rule, with the count in ``data["reads"]``.
    """
    clean = kwh.copy()
    findings: list[Finding] = []
    longest = int(STUCK_ZERO_HOURS * 60 // minutes)
    negative = (clean < 0.0) & (not keep_negative)
    clean[negative] = np.nan
    for row, premise in enumerate(premises):
        bad = int(negative[row].sum())
        if bad:
            message = f"{bad} negative reads were set aside (is this a net meter with solar?)"
            findings.append(Finding(NEGATIVE, premise, message, {"reads": bad}))
        zero = clean[row] == 0.0
        if int(zero.sum()) > longest:
            stuck = long_runs(zero, longest)
            if stuck.any():
                clean[row, stuck] = np.nan
                reads = int(stuck.sum())
                message = f"{reads} zero reads in runs of over {STUCK_ZERO_HOURS:.0f} hours were set aside"
                findings.append(Finding(STUCK_ZERO, premise, message, {"reads": reads}))
    return clean, findings


def set_aside_stuck_values(
    kwh: NDArray[np.float32], minutes: int, premises: Sequence[str]
) -> tuple[NDArray[np.float32], list[Finding]]:
    """Turn the same positive read, repeated for over 48 hours, into gaps: a register that does not move.

    A copy is returned; one finding per premise.
    """
    longest = int(STUCK_VALUE_HOURS * 60 // minutes)
    same = np.zeros(kwh.shape, dtype=np.bool_)
    same[:, 1:] = (kwh[:, 1:] == kwh[:, :-1]) & (kwh[:, 1:] > 0.0)
    clean, findings = kwh.copy(), []
    # The first read of a run equals none before it, so a run of n reads is n - 1 flags.
    for row in np.flatnonzero(same.sum(axis=1) >= longest).tolist():
        stuck = long_runs(same[row], longest - 1)
        stuck[:-1] |= stuck[1:]
        reads = int(stuck.sum())
        if reads:
            clean[row, stuck] = np.nan
            message = f"{reads} equal reads in runs of over {STUCK_VALUE_HOURS:.0f} hours were set aside"
            findings.append(Finding(STUCK_VALUE, premises[row], message, {"reads": reads}))
    return clean, findings


def set_aside_catch_ups(
    kwh: NDArray[np.float32], minutes: int, premises: Sequence[str]
) -> tuple[NDArray[np.float32], list[Finding]]:
    """Turn zeros of an hour or more, and the read that makes up for them, into gaps: the energy has no time.

    What makes up: a read over twice the largest, and over half the sum, of what as many reads on either side lead to
    expect. After a power cut demand returns to about what it was, so that is left alone. A copy is returned; one
    finding per premise.
    """
    shortest = int(np.ceil(CATCH_UP_HOURS * 60 / minutes))
    clean, findings = kwh.copy(), []
    zero = kwh == 0.0
    seldom = zero.mean(axis=1) <= CATCH_UP_ZERO_FRACTION if kwh.shape[1] else np.zeros(len(kwh), dtype=np.bool_)
    for row in np.flatnonzero(zero.any(axis=1) & seldom).tolist():
        edges = np.diff(np.concatenate(([False], zero[row], [False])).astype(np.int8))
        reads = 0
        for begin, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
            if end - begin >= shortest and _makes_up(kwh[row], int(begin), int(end)):
                clean[row, begin : end + 1] = np.nan
                reads += int(end + 1 - begin)
        if reads:
            message = f"{reads} reads of a register that showed nothing for hours and then all at once were set aside"
            findings.append(Finding(CATCH_UP, premises[row], message, {"reads": reads}))
    return clean, findings


def _makes_up(kwh: NDArray[np.float32], begin: int, end: int) -> bool:
    """Whether the read at ``end`` holds what the zeros of [begin, end) lack, judged by as many reads on either side."""
    around = np.concatenate((kwh[max(0, begin - (end - begin)) : begin], kwh[end + 1 : 2 * end - begin + 1]))
    around = around[around > 0.0]
    if end >= len(kwh) or len(around) == 0 or np.isnan(kwh[end]):
        return False
    expected = float(around.mean()) * (end - begin + 1)
    return bool(kwh[end] > 2.0 * around.max() and kwh[end] > 0.5 * expected)


def disqualify(
    coverage: NDArray[np.float64], premises: Sequence[str], causes: Sequence[Finding] = ()
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Premises with too few reads, each with its reason.

    Parameters
    ----------
    coverage : (premises,) fraction of reads present, after :func:`set_aside_bad_reads`
    premises : names of the rows
    causes : findings about reads that were set aside; named in the reason

    Returns
    -------
    disqualified, findings
        A mask (premises,) and one :data:`LOW_COVERAGE` finding for each True.
    """
    out = coverage < MINIMUM_COVERAGE_FRACTION
    why: dict[str, list[str]] = {}
    for cause in causes:
        why.setdefault(cause.premise, []).append(cause.message)
    findings = []
    for row in np.flatnonzero(out).tolist():
        premise = premises[row]
        message = (
            f"{100 * coverage[row]:.0f} % of the reads are usable, "
            f"{100 * MINIMUM_COVERAGE_FRACTION:.0f} % are needed"
        )
        if premise in why:
            message += ": " + "; ".join(why[premise])
        findings.append(Finding(LOW_COVERAGE, premise, message, {"coverage": float(coverage[row])}))
    return out, findings


def count_by_code(findings: Sequence[Finding]) -> dict[str, tuple[int, int]]:
    """Per finding code: how many findings, and how many reads they set aside."""
    counts: dict[str, tuple[int, int]] = {}
    for finding in findings:
        seen, reads = counts.get(finding.code, (0, 0))
        more = finding.data.get("reads", 0)
        counts[finding.code] = (seen + 1, reads + (more if isinstance(more, int) else 0))
    return counts
