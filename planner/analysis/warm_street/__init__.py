"""A warm street: the stretch of one street along which several services together reach most."""

from planner.analysis.warm_street.question import warm_street

__all__ = ["warm_street"]
