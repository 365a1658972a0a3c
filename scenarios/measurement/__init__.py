"""What measurement makes of a run: baselines against the truth, settlement, bills, fairness, a virtual power plant."""
