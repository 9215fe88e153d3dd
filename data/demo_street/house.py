"""A building and what is known about it."""

from dataclasses import dataclass

from .frame import Block
from .plane import Point
from .shape import Ring


@dataclass
class House:
    """A building on its block; the front is the middle of its first wall."""

    ring: Ring
    kind: str
    levels: int
    block: Block
    name: str = ""
    front: Point = (0.0, 0.0)
    shop_street: str = ""
