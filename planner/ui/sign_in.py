"""Who is here: signed in with the office's own accounts where that is set up; else somebody at this very computer.

Streamlit signs people in by OpenID Connect where its secrets have a table ``[auth]``. Without one the pages are shown
to no other computer: whoever reaches them could read every study.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

import streamlit as st
from streamlit.errors import StreamlitAuthError

from planner.ui.plain_text import plain
from planner.words import LANGUAGES, Language, say

_NAME: Final = "who"
# What stands in a request that another program has passed on: this program then sees that program's address.
_PASSED_ON: Final = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")
_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")


def who() -> str | None:
    """The name of whoever is here, to stand beside what they save: that of their account, or the one they typed; none
    while there is none.
    """
    if not asks_for_sign_in():
        return st.session_state.get(_NAME) or None
    if not st.user.is_logged_in:
        return None
    names = (st.user.get(claim) for claim in ("name", "preferred_username", "email", "sub"))
    return next((str(name).strip() for name in names if name and str(name).strip()), None)


def require_sign_in(language: Language) -> bool:
    """Whether the page may be shown; where not, the sign-in is shown in its place, or why there is none."""
    if asks_for_sign_in():
        if st.user.is_logged_in:
            return True
        _show_sign_in(language)
        return False
    if is_of_this_computer(st.context.ip_address, st.context.headers):
        return True
    st.title(say("sign_in.refused", language), anchor=False)
    for each in sorted(LANGUAGES, key=lambda other: other != language):
        st.error(say("sign_in.refused_why", each))
    return False


def show_who(language: Language) -> None:
    """Who is here, with the way out; without sign-in a field for a name, which what they save will carry."""
    if asks_for_sign_in():
        st.markdown(plain(who() or ""), width="content")
        st.button(say("sign_in.leave", language), key="sign_out", type="tertiary", on_click=st.logout)
        return
    ask_name(language)


def ask_name(language: Language) -> str:
    """A field for the name that whatever is saved will carry; what it holds is kept for the session."""
    name = st.text_input(
        say("sign_in.name", language),
        st.session_state.get(_NAME, ""),
        key=f"{_NAME}.{language}",
        max_chars=40,
        placeholder=say("sign_in.name_example", language),
        help=say("sign_in.name_help", language),
    )
    st.session_state[_NAME] = " ".join(name.split())
    kept: str = st.session_state[_NAME]
    return kept


def asks_for_sign_in() -> bool:
    """Whether sign-in is set up."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def is_of_this_computer(address: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this computer itself, going by its address (none where it is a local one) and its
    headers. One that was passed on, or that asked for another host, does not.

    The name of the host matters too: a page elsewhere may give its own name the address 127.0.0.1.
    """
    if address is not None and not _is_loopback(address):
        return False
    if any(name in headers for name in _PASSED_ON):
        return False
    host = headers.get("Host", "")
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return name.lower() in _LOCAL_NAMES


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _show_sign_in(language: Language) -> None:
    """A button for each provider that is set up, in both languages: nobody has chosen one yet."""
    other = next(each for each in LANGUAGES if each != language)
    st.title(say("page.title", language), anchor=False)
    st.markdown(f"{say('sign_in.please', language)}  \n:gray[{say('sign_in.please', other)}]")
    providers = [name for name, table in st.secrets["auth"].items() if isinstance(table, Mapping)]
    for provider in providers or [None]:
        words = [say("sign_in.sign_in", each) for each in (language, other)]
        if len(providers) > 1:
            words.append(str(provider))
        if st.button(" / ".join(words), key=f"sign_in.{provider}", type="primary"):
            try:
                st.login(provider) if provider else st.login()
            except StreamlitAuthError as error:
                st.error(say("sign_in.not_set_up", language, reason=plain(str(error))))
