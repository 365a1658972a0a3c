"""What a utility knows about its customers besides reads, and what its programmes have done so far.

Every column may be missing; nothing is guessed. What a table calls by another name goes under drsim's own.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.meter_data.ami_files import PREMISE_NAMES
from drsim.errors import DataError, Problem, ScenarioError
from drsim.findings import Finding

CUSTOMER = {
    "tariff": ("tariff", "rate", "rate_class", "stdortou", "tariff_code"),
    "bill_kwh": ("bill_kwh", "billing_kwh", "kwh_billed", "annual_kwh", "monthly_kwh"),
    "bill_amount": ("bill_amount", "bill_usd", "amount", "amount_due", "billed"),
    "paid_amount": ("paid_amount", "payment", "payments", "amount_paid"),
    "days_late": ("days_late", "late_days", "arrears_days"),
    "dwelling": ("dwelling", "dwelling_type", "home_type", "building_type", "premise_type"),
    "tenure": ("tenure", "owner_renter", "ownership"),
    "income_band": ("income_band", "income", "acorn_group", "income_group"),
    "area": ("area", "acorn", "zip", "postcode", "feeder"),
    "occupants": ("occupants", "members", "household_size"),
    "has_pv": ("has_pv", "pv", "solar", "has_solar"),
    "has_ev": ("has_ev", "ev", "electric_vehicle"),
    "electric_heat": ("electric_heat", "heating_electric"),
}
PROGRAMME = {
    "programme": ("programme", "program", "programme_name", "program_name"),
    "offered_on": ("offered_on", "offer_date", "offered"),
    "incentive": ("incentive", "incentive_usd", "reward"),
    "message": ("message", "treatment", "channel"),
    "randomised": ("randomised", "randomized", "random_offer"),
    "enrolled": ("enrolled", "accepted", "enrolled_flag"),
    "enrolled_on": ("enrolled_on", "enrollment_date", "enrolment_date", "start_date"),
    "left_on": ("left_on", "unenrolled_on", "end_date"),
    "event_start": ("event_start", "event", "event_date", "event_start_local"),
    "notified": ("notified", "notice_sent"),
    "participated": ("participated", "participation"),
    "opted_out": ("opted_out", "opt_out", "override"),
}
NO_RECORD, NO_READS, UNUSED_COLUMN = "no_customer_record", "customer_without_reads", "customer_columns"
YES = {"1", "true", "yes", "y", "t"}


def read_customers(path: Path) -> pd.DataFrame:
    """Customer records by ``premise_id``; later rows of the same premise win."""
    return _known(path, CUSTOMER).drop_duplicates("premise_id", keep="last").reset_index(drop=True)


def read_programme(path: Path) -> pd.DataFrame:
    """Programme history: one row per premise and offer (and event), with the columns of :data:`PROGRAMME` it has."""
    return _known(path, PROGRAMME)


def _known(path: Path, names: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    if not path.is_file():
        raise ScenarioError(Problem(str(path), "there is no such file"))
    try:
        parquet = path.suffix.lower() in {".parquet", ".pq"}
        table = pd.read_parquet(path) if parquet else pd.read_csv(path, dtype=str, keep_default_na=False)
    except Exception as error:  # pyarrow has no common base for what a broken file raises
        raise DataError(f"{path}: not a readable table") from error
    by_name = {str(c).strip().lower(): c for c in table.columns}
    premise = next((by_name[n] for n in PREMISE_NAMES if n in by_name), None)
    if premise is None:
        raise DataError(f"{path}: no premise column; expected premise_id, found {', '.join(map(str, table.columns))}")
    out = pd.DataFrame({"premise_id": table[premise].astype(str).str.strip()})
    for name, aliases in names.items():
        found = next((by_name[a] for a in aliases if a in by_name), None)
        if found is not None:
            out[name] = _typed(name, table[found])
    return out


def _typed(name: str, column: pd.Series) -> pd.Series:
    """Amounts as numbers, flags as yes, no or unknown, the rest as words (empty is unknown)."""
    words = column.astype(str).str.strip()
    words = words.mask(words.isin(["", "nan", "None", "NaT", "<NA>"]))
    if name in {"bill_kwh", "bill_amount", "paid_amount", "days_late", "occupants", "incentive"}:
        return pd.to_numeric(words, errors="coerce")
    if name.startswith("has_") or name in {"electric_heat", "randomised", "enrolled", "notified", "participated",
                                           "opted_out"}:  # fmt: skip
        return words.str.lower().isin(YES).where(words.notna()).astype("boolean")
    return words.astype("string")


def join_customers(premises: pd.DataFrame, customers: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Premises with their records beside them, and how well the two tables meet."""
    findings = []
    unread = ~customers["premise_id"].isin(premises["premise_id"])
    if unread.any():
        n = int(unread.sum())
        findings.append(Finding(NO_READS, "", f"{n} customer records have no reads and are left out", {"premises": n}))
    absent = int((~premises["premise_id"].isin(customers["premise_id"])).sum())
    if absent:
        text = f"{absent} premises have reads and no customer record"
        findings.append(Finding(NO_RECORD, "", text, {"premises": absent}))
    have = [c for c in customers.columns if c != "premise_id"]
    lack = [c for c in CUSTOMER if c not in have]
    text = f"customer columns used: {', '.join(have) or 'none'}; not given: {', '.join(lack) or 'none'}"
    findings.append(Finding(UNUSED_COLUMN, "", text))
    return premises.merge(customers, on="premise_id", how="left"), findings
