"""Picking premises by a customer table: ``tariff=ToU`` and the like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from drsim.errors import DataError, Problem, ScenarioError

ID_NAMES = ("premise_id", "premise", "lclid", "customer_id", "household", "id")


def read_customers(path: str | Path) -> pd.DataFrame:
    """A customer table indexed by premise: the first column with a usual name, else the first column."""
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(Problem("--customers", f'"{path}", and there is no such file'))
    try:
        table = pd.read_csv(path, dtype=str)
    except (ValueError, OSError) as error:
        raise DataError(f"{path}: not a readable CSV file") from error
    names = {str(c).strip().lower(): str(c) for c in table.columns}
    key = next((names[n] for n in ID_NAMES if n in names), str(table.columns[0]))
    return table.drop_duplicates(key).set_index(key)


def chosen(customers: pd.DataFrame, premises: Sequence[str], condition: str, option: str) -> NDArray[np.bool_]:
    """Premises whose customer row meets ``column=value``, (premises,).

    Raises
    ------
    ScenarioError
        The column or value is not in the table (exit code 2).
    """
    column, equals, value = condition.partition("=")
    if not equals or column not in customers.columns:
        names = ", ".join(str(c) for c in customers.columns)
        message = f'"{condition}"; expected column=value with a column of the customer table ({names})'
        raise ScenarioError(Problem(option, message))
    known = customers[column].reindex(list(premises))
    found = np.array((known == value).to_numpy(), dtype=np.bool_)
    if not found.any():
        values = ", ".join(sorted({str(v) for v in known.dropna().unique()})[:12])
        raise ScenarioError(Problem(option, f'no premise has {column} "{value}"; there are: {values}'))
    return found
