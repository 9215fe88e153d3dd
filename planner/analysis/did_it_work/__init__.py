"""Did it work: check-ins against the demand that counts on a station."""

from planner.analysis.did_it_work.question import did_it_work

__all__ = ["did_it_work"]
