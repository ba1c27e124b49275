"""Who may ask, as options and environment say it: no way to be reached from elsewhere without a token and a name."""

import os

import pytest

from rupture.errors import ServerError
from rupture.serving.access import VARIABLE, Access, chosen_access

TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def token_file(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return file


@pytest.fixture(autouse=True)
def _no_token_of_the_shell(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def test_alone_on_this_computer_no_token_is_asked_for():
    access = chosen_access()
    assert access == Access()
    assert (access.host, access.admits(b""), access.knows(b"localhost:7870")) == ("127.0.0.1", True, True)


@pytest.mark.parametrize("options", [{"host": "10.0.0.1"}, {"trusted": ["a.example.org"]}, {"host": "::", "trusted": ["a"]}])
def test_what_others_could_reach_needs_a_token(options):
    with pytest.raises(ServerError, match=r"no token is asked for.*--token-file FILE.*token_urlsafe"):
        chosen_access(**options)


def test_on_another_address_the_names_must_be_said(token_file):
    for names in ((), ("", " ")):
        with pytest.raises(ServerError, match="--trusted-host"):
            chosen_access("0.0.0.0", token_file, names)  # noqa: S104
    access = chosen_access("0.0.0.0", token_file, [" Rupture.Example.org "])  # noqa: S104
    assert access.knows(b"rupture.example.org:443")
    assert access.knows(b"127.0.0.1:7870")
    assert not access.knows(b"0.0.0.0")
    assert not access.knows(b"example.org")


@pytest.mark.parametrize("name", ["https://rupture.example.org", "rupture.example.org:443", "*", "a b"])
def test_a_trusted_host_is_a_bare_name(name, token_file):
    with pytest.raises(ServerError, match="bare name"):
        chosen_access(token_file=token_file, trusted=[name])


def test_the_token_is_taken_out_of_the_environment_and_the_file_wins(token_file, monkeypatch):
    monkeypatch.setenv(VARIABLE, TOKEN[::-1])
    assert chosen_access().admits(b"Bearer " + TOKEN[::-1].encode())
    assert VARIABLE not in os.environ
    monkeypatch.setenv(VARIABLE, TOKEN[::-1])
    access = chosen_access(token_file=token_file)
    assert access.admits(f"Bearer {TOKEN}".encode())
    assert not access.admits(b"Bearer " + TOKEN[::-1].encode())
    assert VARIABLE not in os.environ
    assert TOKEN not in repr(access)


@pytest.mark.parametrize("token", ["", " \n", "short", "k" * 513, f"{TOKEN} {TOKEN}", f"{TOKEN}\n{TOKEN}", f"{TOKEN}\u00e9"])
def test_a_token_that_will_not_do_is_refused_without_showing_it(token, token_file):
    token_file.write_text(token)
    with pytest.raises(ServerError) as refused:
        chosen_access(token_file=token_file)
    assert "token_urlsafe" in str(refused.value)
    assert TOKEN not in str(refused.value)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such rights")
def test_a_token_that_others_on_the_machine_can_read_is_refused(token_file):
    token_file.chmod(0o640)
    with pytest.raises(ServerError, match="chmod 600"):
        chosen_access(token_file=token_file)
    with pytest.raises(ServerError, match="cannot be read"):
        chosen_access(token_file=token_file.with_name("nowhere"))
