"""A report's contents with names in it as they could stand in an uploaded file."""

from dataclasses import fields, is_dataclass, replace

# The markup of the kinds of file that a printed page passes through.
MARKUP = (
    "<script>alert(1)</script>",
    '#import "x"',
    '#panic("here")',
    "{{ 7*7 }}",
    "{% raise %}",
    "$x$",
    "*bold* _it_ `raw` <label> @ref",
    "\\ ~ // /* not a comment",
    "]]><text/>",
    "驿站 🛵 𠮷",
)


def everywhere(value, added, keep=("language", "letter", "service")):
    """The same with ``added`` behind every text, however deep it lies."""
    if isinstance(value, str):
        return value + added
    if is_dataclass(value):
        told = {field.name: getattr(value, field.name) for field in fields(value)}
        return replace(value, **{k: everywhere(v, added, keep) for k, v in told.items() if k not in keep})
    if isinstance(value, list):
        return [everywhere(part, added, keep) for part in value]
    if isinstance(value, tuple):
        return tuple(everywhere(part, added, keep) for part in value)
    return value
