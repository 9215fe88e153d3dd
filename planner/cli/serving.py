"""To whom the page program may be opened: to other computers only where people sign in."""

from __future__ import annotations

import ipaddress
import tomllib
from importlib.util import find_spec
from pathlib import Path

from planner.errors import ArgumentError


def check_address(address: str, home: Path) -> None:
    """Raises ``ArgumentError`` where the page, started in ``home``, would be open to other computers without sign-in,
    or where sign-in is set up and cannot work.
    """
    files = secrets_files(home)
    signs_in = any("auth" in _content(file) for file in files if file.is_file())
    if not is_local(address) and not signs_in:
        raise ArgumentError("open_without_sign_in", address=address, file=files[-1])
    if signs_in and find_spec("authlib") is None:
        raise ArgumentError("sign_in_not_installed")


def is_local(address: str) -> bool:
    """Whether a server at this address is reached from its own computer alone."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def secrets_files(home: Path) -> list[Path]:
    """Where Streamlit, started in ``home``, reads its secrets; the one to write comes last."""
    return [home / ".streamlit" / "secrets.toml", Path.home() / ".streamlit" / "secrets.toml"]


def _content(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ArgumentError("secrets_unreadable", path=file, reason=str(error)[:200]) from error
