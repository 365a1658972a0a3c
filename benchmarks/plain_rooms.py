"""The rooms of a plain household: envelope, windows, thermostat, air conditioner, heat pump, fans."""

from __future__ import annotations

import math
from types import SimpleNamespace

AWAY, HOME, ASLEEP = 0, 1, 2
AC, HEAT, WATER, FANS, PLUG = 0, 1, 2, 13, 16
DRYER, WASHER, DISH, FRIDGE, COOK, LIGHT, MEDIA, STANDBY = 5, 4, 6, 7, 8, 9, 10, 11


class Rooms:
    """What the rooms of a household do in a quarter-hour; a part of ``PlainHousehold``."""

    def condition_rooms(self, now: SimpleNamespace, event: bool) -> None:
        """Two-node envelope; windows first, then a thermostat that meets its setpoint where it can."""
        kw, t_out = self.kw, now.t_out
        gains = (kw[FRIDGE] + kw[PLUG] + kw[LIGHT] + kw[MEDIA] + 0.8 * kw[STANDBY] + 0.6 * kw[COOK] + 0.15 * kw[DRYER]
                 + 0.3 * kw[WASHER] + 0.4 * kw[DISH] + 0.05 * kw[WATER])  # fmt: skip
        air, mass = self.t_air_degc, self.t_mass_degc
        here = self.occupancy != AWAY
        if here and air > self.fan_from_degc:
            kw[FANS] = self.fan_kw
        people = 0.7 * 0.09 * self.members if here else 0.0
        # the main facade has its share of the glass, the three others split the rest
        others = (1.0 - self.glass_main_fraction) / (len(now.facades) - 1)
        shares = [others] * len(now.facades)
        shares[int(self.glass_facing)] = self.glass_main_fraction
        sun = self.solar_m2 * sum(share * kw for share, kw in zip(shares, now.facades, strict=True))
        shell = self.roof_kw_per_k * now.roof_k + self.walls_kw_per_k * now.wall_k
        # infiltration departs from its value at 10 K with the root of stack and wind
        draught = math.sqrt((0.00029 * abs(t_out - 22.0) + 0.002079) / (0.0029 + 0.002079)) - 1.0
        leak = self.leak_kw_per_k * draught * (t_out - air)
        air_kw, mass_kw = gains + people + 0.3 * sun + kw[FANS] + leak, 0.7 * sun + shell
        free = self.e_aa * air + self.e_am * mass + self.f_ao * t_out + self.f_aq * air_kw + self.f_as * mass_kw
        warm = free - (self.cool_set_degc - 1.0)
        if warm > 0.0 and here and air > t_out:
            aired = min(warm, self.f_aq * self.window_kw_per_k * (air - t_out))
            free -= aired
            air_kw -= aired / self.f_aq
        moved_kw = self.run_thermostat(now, event, free, t_out)
        air_kw += moved_kw
        self.t_mass_degc = (
            self.e_ma * air + self.e_mm * mass + self.f_mo * t_out + self.f_mq * air_kw + self.f_ms * mass_kw
        )
        self.t_air_degc = free + moved_kw * self.f_aq
        if event and self.event_offset_k > 0.0 and self.overrode == 0 and self.occupancy == HOME:
            self.feel_event(now)

    def run_thermostat(self, now: SimpleNamespace, event: bool, free: float, t_out: float) -> float:
        """Heat added to the rooms (negative: removed) [kW], and the demand of what moved it."""
        offset = self.event_offset_k if event and self.overrode == 0 else 0.0
        away, asleep = self.occupancy == AWAY, self.occupancy == ASLEEP
        away_k = self.cool_away_k if self.ac_floor_fraction == 1.0 else 60.0
        cool_set = self.cool_set_degc + (away_k if away else self.cool_sleep_k if asleep else 0.0) + offset
        heat_set = self.heat_set_degc - (self.heat_back_k if away or asleep else 0.0) - offset
        if free > cool_set and self.ac_thermal_kw > 0.0 and t_out >= 13.0:
            capacity = self.ac_thermal_kw * self.ac_sensible_fraction / self.ac_floor_fraction
            removed = min((free - cool_set) / self.f_aq, capacity * max(0.5, 1.0 - 0.008 * (t_out - 35.0)))
            efficiency = self.ac_cop * self.ac_sensible_fraction / self.ac_floor_fraction
            self.kw[AC] = removed / efficiency * min(1.6, max(0.6, 1.0 + 0.019 * (t_out - 35.0)))
            return -removed
        if free < heat_set:
            pump = self.heat_pump_kw * min(1.15, max(0.25, 1.0 + 0.0215 * (t_out - 8.3)))
            added = min((heat_set - free) / self.f_aq, pump + self.heat_thermal_kw)
            by_pump = min(added, pump)
            ratio = min(2.2, max(0.75, 1.0 - 0.028 * (t_out - 8.3))) / self.heat_pump_cop
            self.kw[HEAT] = by_pump * ratio + (added - by_pump) * self.heat_kw_per_kw
            return added
        return 0.0

    def feel_event(self, now: SimpleNamespace) -> None:
        """Discomfort in an event, and perhaps an end to it."""
        b = self.model.behaviour
        strain = max(0.0, self.t_air_degc - (self.cool_set_degc + self.tolerance_k))
        strain += max(0.0, self.heat_set_degc - self.tolerance_k - self.t_air_degc)
        self.discomfort_kh += 0.25 * strain
        elapsed = 0.25 * (now.i - now.e0 + 1)
        hazard = b.override_base_hazard + b.override_hazard_per_k * strain * (1.0 + 0.5 * elapsed)
        runs = self.ac_thermal_kw > 0.0 or now.t_out < self.heat_set_degc
        if runs and self.event_dice.random() < hazard:
            self.overrode = 1
