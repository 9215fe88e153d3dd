"""Who may see the pages, and who is said to be here."""

import json
import re
import select
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from browser import chromium, free_port, guarded_tab, needs_chromium, page_program, wait_until_it_listens
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from planner.cli import main
from planner.cli import serving as serving_module
from planner.cli.serving import is_local
from planner.ui import sign_in
from planner.ui.sign_in import is_of_this_computer
from planner.words import say

APP = Path(__file__).parent.parent / "app.py"
LOCAL = {"Host": "localhost:8501"}


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "[::1]", "LocalHost:1"]
)
@pytest.mark.parametrize("address", [None, "127.0.0.1", "127.8.0.1", "::1"])
def test_this_computer_is_let_in(host, address):
    assert is_of_this_computer(address, {"Host": host})


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.0.7", "2001:db8::1", "fe80::1%eth0", "nonsense", ""])
def test_another_computer_is_not(address):
    assert not is_of_this_computer(address, LOCAL)


@pytest.mark.parametrize(
    "host",
    ["plan.office.cn", "10.1.2.3:8501", "localhost.evil.example", "evil.example:80", "", "[::2]:1", "127.0.0.1.x"],
)
def test_a_name_that_leads_here_is_not(host):
    assert not is_of_this_computer(None, {"Host": host})


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"]
)
def test_a_request_passed_on_by_another_program_is_not(name):
    assert not is_of_this_computer(None, {**LOCAL, name: "127.0.0.1"})


def test_a_request_without_a_host_is_not():
    assert not is_of_this_computer(None, {"User-Agent": "x"})


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("plan.office.cn", False),
    ],
)
def test_which_addresses_are_of_this_computer_alone(address, local):
    assert is_local(address) is local


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(serving_module.Path, "home", lambda: tmp_path)
    return tmp_path


def started(monkeypatch, *arguments: str):
    """What the command says, and how the page program was started, if it was."""
    commands: list[list[str]] = []

    class Done:
        returncode = 0

    monkeypatch.setattr("planner.cli.subprocess.run", lambda command, **_: commands.append(command) or Done())
    return CliRunner().invoke(main, ["app", *arguments]), commands


def test_the_page_is_not_opened_to_others_without_sign_in(home, monkeypatch):
    result, commands = started(monkeypatch, "--address", "0.0.0.0")
    assert result.exit_code == 1
    assert not commands
    secrets = home / ".streamlit" / "secrets.toml"
    assert result.stderr.strip() == say("error.open_without_sign_in", "zh", address="0.0.0.0", file=secrets)


def test_the_page_is_opened_to_others_with_sign_in(home, monkeypatch):
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text('[auth]\ncookie_secret = "x"\n', encoding="utf-8")
    result, commands = started(monkeypatch, "--address", "0.0.0.0")
    assert result.exit_code == 0, result.output
    assert "--server.address=0.0.0.0" in commands[0]


def test_secrets_that_cannot_be_read_are_told(home, monkeypatch):
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text("[auth\n", encoding="utf-8")
    result, commands = started(monkeypatch)
    assert result.exit_code == 1
    assert "secrets.toml" in result.stderr
    assert not commands


def test_sign_in_without_what_it_needs_is_told(home, monkeypatch):
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text("[auth]\n", encoding="utf-8")
    monkeypatch.setattr(serving_module, "find_spec", lambda _: None)
    result, commands = started(monkeypatch)
    assert result.stderr.strip() == say("error.sign_in_not_installed", "zh")
    assert not commands


@pytest.mark.parametrize("language", ["zh", "en"])
def test_another_computer_sees_nothing_but_what_to_set_up(monkeypatch, language):
    monkeypatch.setattr(sign_in, "is_of_this_computer", lambda *_: False)
    page = AppTest.from_file(APP, default_timeout=120)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    assert page.title[0].value == say("sign_in.refused", language)
    assert {box.value for box in page.error} == {say("sign_in.refused_why", each) for each in ("zh", "en")}
    assert not any((page.metric, page.selectbox, page.table, page.button))


def named() -> None:
    import streamlit as st

    from planner.ui.language import chosen_language
    from planner.ui.sign_in import require_sign_in, show_who, who

    if require_sign_in(chosen_language()):
        show_who(chosen_language())
        st.caption(repr(who()))


def test_at_this_computer_a_name_is_what_was_typed():
    page = AppTest.from_function(named).run()
    assert page.caption[0].value == "None"
    page.text_input[0].set_value("  张  三 ").run()
    assert page.caption[0].value == "'张 三'"
    page.run()
    assert page.caption[0].value == "'张 三'"
    page.text_input[0].set_value("").run()
    assert page.caption[0].value == "None"


SECRETS = """
[auth]
redirect_uri = "ADDRESS/oauth2callback"
cookie_secret = "a secret of this test alone"
client_id = "planner"
client_secret = "planner"
server_metadata_url = "PROVIDER/.well-known/openid-configuration"
"""
GUARDED = """
import streamlit as st
from planner.ui.language import chosen_language
from planner.ui.sign_in import require_sign_in, show_who, who
if require_sign_in(chosen_language()):
    show_who(chosen_language())
    st.header("a street's figures")
    st.caption(f"saved by {who()}")
"""


@contextmanager
def provider(log: Path) -> Iterator[str]:
    """A provider of accounts in a process of its own: its address."""
    port = free_port()
    claims = {"sub": "zhang", "name": "张三", "email": "zhang@office.example"}
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--user-claims", json.dumps(claims)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_until_it_listens(port, server, log)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.mark.browser
@pytest.mark.slow
@needs_chromium
def test_people_sign_in_with_their_account_and_out_again(tmp_path):
    pytest.importorskip("playwright.sync_api")
    if find_spec("oidc_provider_mock") is None:
        pytest.skip("oidc-provider-mock is not installed")
    from playwright.sync_api import expect

    program = tmp_path / "guarded.py"
    program.write_text(GUARDED, encoding="utf-8")
    with provider(tmp_path / "provider.txt") as issuer:
        secrets = SECRETS.replace("PROVIDER", issuer)
        with (
            page_program(tmp_path / "log.txt", secrets=secrets, program=program) as address,
            chromium(tmp_path / "profile") as browser,
        ):
            page = browser.new_page()  # unguarded: the provider's own page asks for a style sheet elsewhere
            here = address.replace("127.0.0.1", "localhost")
            page.goto(f"{here}/?lang=zh")
            button = page.get_by_role("button", name=re.compile(say("sign_in.sign_in", "zh")))
            expect(button).to_be_visible(timeout=60_000)
            expect(page.get_by_text(say("sign_in.please", "en"))).to_be_visible()
            assert "figures" not in page.content()
            button.click()
            page.get_by_placeholder("sub").fill("zhang", timeout=60_000)
            page.get_by_role("button", name="Authorize").click()
            expect(page.get_by_text("saved by 张三")).to_be_visible(timeout=60_000)
            leave = page.get_by_role("button", name=say("sign_in.leave", "zh")).or_(
                page.get_by_role("button", name=say("sign_in.leave", "en"))
            )
            leave.click()
            # Streamlit signs out here, then at the provider, which asks.
            page.wait_for_url(f"{issuer}/**", timeout=60_000)
            page.goto(f"{here}/?lang=en")
            expect(page.get_by_role("button", name=re.compile(say("sign_in.sign_in", "en")))).to_be_visible(
                timeout=60_000
            )
            assert "figures" not in page.content()


class PassOn(socketserver.BaseRequestHandler):
    """Another program in between: the first request of a connection gets the line that such programs add."""

    def handle(self) -> None:
        with socket.create_connection(self.server.behind) as behind:
            start = b""
            while b"\r\n" not in start:
                start += self.request.recv(65536)
            behind.sendall(start.replace(b"\r\n", b"\r\nX-Forwarded-For: 10.0.0.9\r\n", 1))
            while ready := select.select([self.request, behind], [], [])[0]:
                for side, other in ((self.request, behind), (behind, self.request)):
                    if side in ready:
                        if not (data := side.recv(65536)):
                            return
                        other.sendall(data)


@contextmanager
def passed_on(address: str) -> Iterator[str]:
    """The same server behind another program: that program's address."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), PassOn) as between:
        between.daemon_threads, between.behind = True, ("127.0.0.1", int(address.rpartition(":")[2]))
        threading.Thread(target=between.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{between.server_address[1]}"
        between.shutdown()


@pytest.mark.browser
@pytest.mark.slow
@needs_chromium
def test_what_another_program_passes_on_is_refused_by_the_real_server(tmp_path):
    pytest.importorskip("playwright.sync_api")
    from playwright.sync_api import expect

    program = tmp_path / "guarded.py"
    program.write_text(GUARDED, encoding="utf-8")
    with (
        page_program(tmp_path / "log.txt", program=program) as address,
        passed_on(address) as from_afar,
        chromium(tmp_path / "profile") as browser,
    ):
        with guarded_tab(browser, address) as page:
            page.goto(address)
            expect(page.get_by_text("a street's figures")).to_be_visible(timeout=60_000)
        with guarded_tab(browser, from_afar) as page:
            page.goto(from_afar)
            expect(page.get_by_role("heading", name=say("sign_in.refused", "zh"))).to_be_visible(timeout=60_000)
            assert "figures" not in page.content()
