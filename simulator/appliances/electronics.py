"""Electronics while someone is up, what is left running when nobody is, and the always-on load.

Sessions follow the household's own plan of the day with its habit, and are drawn afresh otherwise. What is left on
overnight is drawn once a night. The always-on load moves from one spell of weeks to the next: chargers, routers, a
fish tank, a dehumidifier come and go.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, compiled_inline
from simulator.fields import ASLEEP, AT_HOME, ELECTRONICS, SPARE, SPARE_TOO, STANDBY, Record
from simulator.keyed_random import Purpose, home_day_key, mix, normal, uniform

MORNING_CHANCE, DAY_CHANCE, EVENING_CHANCE = 0.45, 0.72, 0.75  # that a session at home sees a screen (assumption)
SPELL_DAYS = 38
HIGHEST_SPELL_SD = 3.0  # no spell is farther above the usual: devices have ratings
_ALWAYS_ON, _LEFT_ON = int(Purpose.STANDBY), int(Purpose.LEFT_ON)


@compiled
def spell_level(home: Record, seed: int, replication: int, ordinal: int) -> float:
    """Factor (mean 1) of the always-on load in the present spell; spells start on a day of the household's own."""
    spell = (ordinal + int(SPELL_DAYS * home.trait_u)) // SPELL_DAYS
    key = mix(home_day_key(seed, replication, home.household, spell), np.int64(_ALWAYS_ON))
    spread = float(home.spell_sd)
    return float(np.exp(spread * min(normal(key, 0), HIGHEST_SPELL_SD) - 0.5 * spread * spread))


@compiled
def left_on_kw(home: Record, seed: int, replication: int, evening: int) -> float:
    """What runs on through the night that begins on the date ``evening`` [kW]."""
    key = mix(home_day_key(seed, replication, home.household, evening), np.int64(_LEFT_ON))
    if uniform(key, 0) >= home.left_on:
        return 0.0
    return float(home.media_kw * (0.2 + 0.9 * uniform(key, 1)))


@compiled_inline
def run(
    home: Record, seed: int, replication: int, ordinal: int, quarter: NDArray[np.int64],
    occupied: NDArray[np.int64], mood: float, cut: float, e0: int, e1: int, use_kw: NDArray[np.float64],
) -> None:  # fmt: skip
    """Fill the electronics and standby rows [kW] from the sessions drawn."""
    always_kw = home.standby_kw * spell_level(home, seed, replication, ordinal)
    before_kw = left_on_kw(home, seed, replication, ordinal - 1)
    after_kw = left_on_kw(home, seed, replication, ordinal)
    media_kw = float(home.media_kw)
    morning, by_day, evening = MORNING_CHANCE * mood, DAY_CHANCE * mood, EVENING_CHANCE * mood
    for i in range(len(quarter)):
        use_kw[STANDBY, i] = always_kw
    for i in range(len(quarter)):
        q = quarter[i]
        chance = morning if q < 36 else (evening if q >= 66 else by_day)
        kw = media_kw * (0.5 + use_kw[SPARE_TOO, i])
        kw = kw * (1.0 - cut) if e0 <= i < e1 else kw
        kw = kw if use_kw[SPARE, i] < chance else 0.0
        idle = before_kw if q < 48 else (after_kw if occupied[i] == ASLEEP else 0.0)
        use_kw[ELECTRONICS, i] = kw if occupied[i] == AT_HOME else idle
