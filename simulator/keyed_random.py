"""Random numbers that are looked up, not streamed.

Every draw is a hash of (seed, replication, household, day, interval, purpose), finalised after every
field with the splitmix64 finaliser (Steele, Lea & Flood 2014; constants of variant 13 by D. Stafford).
So a result never depends on threads, workers, chunks, or on what another household or arm drew.
Keys stay inside compiled code: numba widens mixed integer arithmetic, and Python has no uint64.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, compiled_inline

_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


class Purpose(IntEnum):
    """What a draw is for; two purposes never share a number."""

    POPULATION = 1
    WEATHER_TEMPERATURE = 2
    WEATHER_SPELL = 3
    WEATHER_CLEARNESS = 4
    WEATHER_PAST = 5
    FORECAST = 6
    TARGETING_ORDER = 7
    TARGETING_PLACEBO = 8
    ENROLMENT = 9
    READ_QUALITY = 10
    BOOTSTRAP = 11
    STOCK = 12
    PILOT_ASSIGNMENT = 13
    RECORDS_KNOWN = 14
    OCCUPANCY = 20
    REFRIGERATOR = 21
    COOKING = 22
    LIGHTING = 23
    ELECTRONICS = 24
    CLOTHES_WASHER = 25
    DRYER = 26
    DISHWASHER = 27
    WATER_HEATER = 28
    EV_CHARGER = 29
    AIR_CONDITIONER = 30
    POOL_PUMP = 31
    SPACE_HEATER = 32
    DAY_MOOD = 33
    ABSENCE = 34
    PARTICIPATION = 40
    OVERRIDE = 41
    NOTICE = 42
    DEVICE = 43
    RESPONSE = 44
    MEMBERSHIP = 45
    NETWORK = 46
    GAMING = 47
    EVENT_CALENDAR = 48
    STANDBY = 60
    LEFT_ON = 61
    PLAN = 62
    MATCH_READS = 49
    METER_FAULT = 63
    METER_CLOCK = 64
    STUDY = 50


@compiled_inline
def mix(key: np.uint64, field: np.int64) -> np.uint64:
    """Fold one more field into a key and finalise it."""
    z = (key ^ np.uint64(field)) + _GOLDEN
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return np.uint64(z ^ (z >> _S31))


@compiled_inline
def to_unit(key: np.uint64) -> float:
    """The number in [0, 1) that a key stands for (53 bits)."""
    return float(key >> _S11) * (1.0 / 9007199254740992.0)


@compiled
def home_day_key(seed: int, replication: int, household: int, day: int) -> np.uint64:
    """Key of one household on one day; ``day`` is the proleptic ordinal of the date."""
    key = mix(np.uint64(0), np.int64(seed))
    key = mix(key, np.int64(replication))
    key = mix(key, np.int64(household))
    return mix(key, np.int64(day))


@compiled_inline
def uniform(key: np.uint64, field: int) -> float:
    """A number in [0, 1) for one more field (usually the interval) under a key."""
    return to_unit(mix(key, np.int64(field)))


@compiled
def normal(key: np.uint64, field: int) -> float:
    """A standard normal draw (Box-Muller on two keyed uniforms)."""
    first = mix(key, np.int64(field))
    u = to_unit(first)
    v = to_unit(mix(first, np.int64(1)))
    return float(np.sqrt(-2.0 * np.log(1.0 - u)) * np.cos(6.283185307179586 * v))


@compiled
def _fill(seed: int, replication: int, stream: int, purpose: int, gaussian: bool, out: NDArray[np.float64]) -> None:
    key = mix(home_day_key(seed, replication, stream, 0), np.int64(purpose))
    for i in range(len(out)):
        out[i] = normal(key, i) if gaussian else uniform(key, i)


def uniforms(seed: int, replication: int, stream: int, n: int, purpose: int) -> NDArray[np.float64]:
    """``n`` uniforms in [0, 1); element ``i`` does not depend on ``n``."""
    out = np.empty(n)
    _fill(seed, replication, stream, int(purpose), False, out)
    return out


def normals(seed: int, replication: int, stream: int, n: int, purpose: int) -> NDArray[np.float64]:
    """``n`` standard normals; element ``i`` does not depend on ``n``."""
    out = np.empty(n)
    _fill(seed, replication, stream, int(purpose), True, out)
    return out
