"""What a report says, once for every kind of file: texts and tables in one language."""

from planner.report.contents.whole import report_contents

__all__ = ["report_contents"]
