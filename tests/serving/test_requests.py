"""The API in this process, without a worker: what is refused and how, what is described, what is counted."""

import asyncio
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture.privacy.hardening import HEADERS, MAX_REQUEST_BYTES
from rupture.serving import guard
from rupture.serving.access import Access
from rupture.serving.api import build_app
from rupture.serving.frames import Kind
from rupture.serving.metrics import Metrics
from rupture.serving.pool import Pool
from rupture.serving.waiting import Line, NoWorker
from tests.assurance.searching import holds

TOKEN = "k" * 40
WORD = "schnabeltier"
SESSION = {"id": "s", "text": f"T: {WORD}\nC: I see."}


class LoadedPool(Pool):
    """Without processes; nobody is ever served."""

    ready = True


def app(access=None, pool=Pool, most=4):
    metrics, line = Metrics(), Line(most)
    return build_app(line, pool(1, line, metrics), metrics, access or Access())


def asked(application, path="/v1/analyses", *, content=None, headers=None, method=None, host="127.0.0.1:7870", **arguments):
    """The answer to one request."""

    async def ask():
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            given = {"Content-Type": "application/json", **(headers or {})}
            body = content if content is not None else json.dumps(SESSION).encode()
            method_ = method or "POST"
            return await client.request(method_, path, content=body if method_ == "POST" else None, headers=given, **arguments)

    return asyncio.run(ask())


def is_problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert not holds(answer.content, WORD)
    assert answer.headers["cache-control"] == HEADERS["Cache-Control"]
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    return answer.json()["detail"]


def test_while_models_are_loaded_it_lives_and_is_not_ready():
    assert asked(app(), "/health/live", method="GET").json() == {"status": "live"}
    for path, method in (("/health/ready", "GET"), ("/v1/analyses", "POST")):
        answer = asked(app(), path, method=method)
        assert "being loaded" in is_problem(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
    assert asked(app(pool=LoadedPool), "/health/ready", method="GET").json() == {"status": "ready"}


@pytest.mark.parametrize("host", ["evil.test", "evil.test:7870", "127.0.0.1.evil.test", "10.0.0.1", "localhost.", "127.0.0.1:x"])
def test_other_host_names_are_refused(host):
    is_problem(asked(app(), headers={"Host": host}), 400)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "LocalHost:7870", "[::1]", "[::1]:7870"])
def test_this_computers_names_are_known_with_a_port_and_without(host):
    is_problem(asked(app(), headers={"Host": host}), 503)


@pytest.mark.parametrize("header", [{"Origin": "http://127.0.0.1:7870"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_web_pages_are_refused(header):
    is_problem(asked(app(), headers=header), 403)
    is_problem(asked(app(), "/health/live", method="GET", headers=header), 403)


@pytest.mark.parametrize("path", ["/v1/analyses", "/metrics", "/openapi.json", "/nothing"])
@pytest.mark.parametrize(
    "given", ["", TOKEN, "Bearer", f"Bearer {TOKEN[1:]}", f"Bearer {TOKEN}k", f"Basic {TOKEN}", "Bearer \u00e9"]
)
def test_without_the_token_nothing_but_health_is_answered(path, given):
    access = Access(token=TOKEN)
    headers = {"Authorization": given.encode("latin-1")}
    refused = asked(app(access), path, headers=headers, method="POST" if "v1" in path else "GET")
    is_problem(refused, 401)
    assert refused.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in refused.text
    assert asked(app(access), "/health/live", method="GET").status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_with_the_token_all_is_answered(scheme):
    headers = {"Authorization": f"{scheme} {TOKEN}"}
    is_problem(asked(app(Access(token=TOKEN)), headers=headers), 503)
    assert asked(app(Access(token=TOKEN)), "/metrics", headers=headers, method="GET").status_code == 200


@pytest.mark.parametrize("type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_form_or_a_plain_post_of_another_page_is_no_request(type):
    is_problem(asked(app(), headers={"Content-Type": type}), 415)


def test_too_large_requests_are_refused_by_length_and_while_they_come():
    for headers in ({"Content-Length": str(MAX_REQUEST_BYTES + 1)}, {"Content-Length": "-1"}, {"Content-Length": "1e3"}):
        is_problem(asked(app(), headers=headers), 413)

    async def without_end():
        while True:
            yield b'"' + b"x" * 100_000

    assert f"{MAX_REQUEST_BYTES:,}" in is_problem(asked(app(), content=without_end()), 413)


def test_a_request_that_comes_in_too_slowly_is_given_up(monkeypatch):
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)

    async def slowly():
        yield b"{"
        await asyncio.sleep(60)

    is_problem(asked(app(), content=slowly()), 408)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the request: expected a JSON object, found nothing"),
        (b"[]", "the request: expected an object, found a list"),
        (b"{}", "the request: expected turns or text, found nothing"),
        (b'{"text": "a", "turns": []}', "the request: expected turns or text, one of the two, found both"),
        (b'{"text": 3}', "text: expected text, found a number"),
        (b'{"text": ["schnabeltier"]}', "text: expected text, found a list"),
        (b'{"turns": ["schnabeltier"]}', "turns.0: expected an object, found text"),
        (b'{"turns": [{"speaker": "schnabeltier"}]}', "turns.0.text: expected this field, found nothing"),
        (b'{"turns": [{"text": "", "speaker": true}]}', "turns.0.speaker: expected text or a whole number, found true or false"),
        (b'{"turns": [{"text": "", "start": NaN}]}', "turns.0.start: expected a finite number or text, found a number"),
        (b'{"id": "' + b"schnabeltier" * 20 + b'", "text": ""}', "id: expected a shorter text or a whole number, found text"),
        (b'{"turns": ["schnabeltier", 1, 1, 1]}', "turns.0: expected an object, found text. What a request looks like"),
        (b'{"id": [], "turns": [{"text": 1, "role": 1, "speaker": [], "start": []}], "text": 1}', "; and 1 more. What"),
    ],
)
def test_what_is_no_session_is_told_by_place_and_kind(content, said):
    assert said in is_problem(asked(app(), content=content), 422)


@pytest.mark.parametrize("content", [b'{"text": "schnabeltier', b"schnabeltier", b"\xff\xfe\xfd", b"[" * 200_000, b"1" * 10_000])
def test_what_is_no_json_is_refused(content):
    assert "JSON" in is_problem(asked(app(), content=content), 400)


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.just(WORD),
        lambda x: (
            st.lists(x) | st.dictionaries(st.just(WORD) | st.sampled_from(["id", "text", "turns", "speaker", "role", "start"]), x)
        ),
    )
)
def test_no_answer_holds_a_value_or_a_name_that_was_sent(value):
    answer = asked(app(), content=json.dumps(value).encode())
    is_problem(answer, answer.status_code)
    assert answer.status_code in (422, 503)


@pytest.mark.parametrize(
    ("path", "method", "status"), [(path, "GET", 404) for path in ("/", "/docs", "/redoc", "/v1", "/v1/analyses/", "/config")]
)
def test_there_is_nothing_else(path, method, status):
    is_problem(asked(app(), path, method=method), status)
    is_problem(asked(app(), "/v1/analyses", method="GET"), 405)


def test_what_nobody_expected_is_answered_and_logged_without_words(caplog):
    class Broken(Pool):
        @property
        def ready(self):
            raise ValueError(WORD)

    detail = is_problem(asked(app(pool=Broken)), 500)
    (record,) = caplog.records
    assert record.getMessage().split()[1].strip(":") in detail
    assert "ValueError at test_requests.py" in record.getMessage()
    assert WORD not in record.getMessage()


def while_one_waits(act):
    """The answer to a session, and what `act(client, line)` gave while that one stood in the line, which has room for no more."""
    metrics, line = Metrics(), Line(1)
    application = build_app(line, LoadedPool(1, line, metrics), metrics, Access())

    async def both():
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            first = asyncio.create_task(client.post("/v1/analyses", json=SESSION))
            while not len(line):
                await asyncio.sleep(0)
            found = await act(client, line)
            return await first, found

    return asyncio.run(both())


def test_a_full_line_says_when_to_come_again():
    async def come_too(client, line):
        second = await client.post("/v1/analyses", json=SESSION)
        job = await line.first()
        job.answer.set_result((Kind.UNREADABLE, b"line 3: found nothing."))
        return second

    first, second = while_one_waits(come_too)
    # One waits and each takes about a second as far as is known: two seconds.
    assert "about 2 seconds" in is_problem(second, 429)
    assert second.headers["retry-after"] == "2"
    assert is_problem(first, 422) == "line 3: found nothing."


def test_who_waits_is_told_when_no_worker_comes_back():
    async def give_up(_, line):
        line.give_up(NoWorker)

    answer, _ = while_one_waits(give_up)
    assert "none could be started again" in is_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


def test_the_description_is_whole_and_loads_nothing():
    described = asked(app(), "/openapi.json", method="GET")
    data = described.json()
    assert data["openapi"].startswith("3.")
    assert set(data["paths"]) == {"/v1/analyses", "/health/live", "/health/ready"}
    assert "http://" not in described.text.replace("http://127.0.0.1", "")
    assert "https://" not in described.text
    responses = data["paths"]["/v1/analyses"]["post"]["responses"]
    assert {"200", "400", "401", "413", "415", "422", "429", "500", "503", "504"} <= set(responses)
    assert "application/problem+json" in responses["429"]["content"]
    assert responses["422"]["content"]["application/problem+json"]["schema"]["required"] == ["title", "status", "detail"]
    assert "HTTPValidationError" not in described.text
    assert set(data["components"]["schemas"]["Session"]["properties"]) == {"id", "turns", "text"}


def test_the_numbers_can_be_read_and_hold_no_path_that_a_client_made_up():
    from prometheus_client.parser import text_string_to_metric_families

    application = app()
    for path in ("/health/live", f"/{WORD}", "/v1/analyses"):
        asked(application, path, method="GET")
    text = asked(application, "/metrics", method="GET").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    counted = {
        (s.labels["route"], s.labels["status"]): s.value for s in families["rupture_answers"].samples if s.name.endswith("total")
    }
    assert counted == {("/health/live", "200"): 1, ("other", "404"): 1, ("/v1/analyses", "405"): 1}
    assert {"rupture_waiting", "rupture_workers", "rupture_analysis_seconds", "process_resident_memory_bytes"} <= set(families)
    assert WORD not in text
