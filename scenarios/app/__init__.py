"""The what-if page: ``drsim app``. Needs the extra ``app``; nothing here is imported by the rest of drsim."""
