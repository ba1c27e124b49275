"""The routes: one session in, its analysis out; health, numbers for Prometheus, and the OpenAPI description of it all. What
is refused before a route is reached stands in `guard.py`; what an analysis is, elsewhere."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rupture.serving import schemas
from rupture.serving.access import Access
from rupture.serving.frames import Kind
from rupture.serving.guard import ANALYSES, LIVE, METRICS, READY, Guard
from rupture.serving.metrics import CONTENT_TYPE, Metrics
from rupture.serving.pool import Pool
from rupture.serving.problems import MEDIA_TYPE, problem, told
from rupture.serving.waiting import Job, Line, LineFull, NotServed, NoWorker, Stopping, TooLong

GONE = 499
"""For the numbers alone: who asked has closed the connection (the number nginx has for it)."""
_LONGEST_RETRY = 120
_REFUSALS = {
    400: "not JSON, or an unknown host name",
    401: "no token, or another one",
    403: "a web page asks",
    408: "the request came in too slowly",
    413: "the request is too large",
    415: "not announced as JSON",
    422: "not a session, or one that cannot be read",
    429: "as many sessions wait as may; Retry-After says when to come again",
    500: "something went wrong inside the tool",
    503: "models are being loaded, no worker can be started, or the server is being stopped",
    504: "the session took too long",
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": f"Refused: {why}.", "content": {MEDIA_TYPE: {"schema": schemas.Problem.model_json_schema()}}}
    for status, why in _REFUSALS.items()
}
_ABOUT = """Reads a psychotherapy transcript and says where the working alliance may be under strain. For the clinician's own
reflection and for research and training, with the client's consent; not for diagnosis, risk, or to grade anybody. Nothing is
kept."""


def build_app(line: Line, pool: Pool, metrics: Metrics, access: Access) -> FastAPI:
    """The whole web application; its lifespan is that of the workers."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool.running():
            yield

    app = FastAPI(
        title="rupture",
        version=version("rupture"),
        description=_ABOUT,
        # Both pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # It would hand routes, errors and values to whatever OpenTelemetry is set up in the process.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    app.add_middleware(Guard, access=access, metrics=metrics)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _refused)

    @app.post(ANALYSES, response_model=schemas.Analysis, responses=_PROBLEMS, summary="Analyse one session")
    async def analyse(_: schemas.Session, request: Request) -> Response:
        if not pool.ready:
            return problem(503, "The models are being loaded. Try again in a moment.", {"Retry-After": "2"})
        job = Job(await request.body())
        try:
            line.join(job)
            metrics.waiting.set(len(line))
            if not await _answered(job, request):
                line.leave(job)
                metrics.abandoned.inc()
                return Response(status_code=GONE)
            return _answer(*job.answer.result())
        except NotServed as why:
            return _not_served(why, pool)

    @app.get(LIVE, response_model=schemas.Health, summary="Whether the server runs; no token")
    async def live() -> Any:
        return {"status": "live"}

    @app.get(READY, response_model=schemas.Health, responses={503: _PROBLEMS[503]}, summary="Whether it can analyse; no token")
    async def ready() -> Any:
        if not pool.ready:
            return problem(503, "The models are being loaded. Try again in a moment.", {"Retry-After": "2"})
        return {"status": "ready"}

    @app.get(METRICS, include_in_schema=False)
    async def numbers() -> Response:
        metrics.waiting.set(len(line))
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return app


async def _answered(job: Job, request: Request) -> bool:
    """Whether `job` was answered while whoever asked was still there. NotServed when there will be no answer."""
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((job.answer, gone), return_when=asyncio.FIRST_COMPLETED)
        return job.answer.done()
    finally:
        gone.cancel()
        job.answer.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _answer(kind: Kind, data: bytes) -> Response:
    if kind is Kind.ANALYSIS:
        return Response(data, media_type="application/json")
    return problem(422 if kind is Kind.UNREADABLE else 500, data.decode())


def _not_served(why: NotServed, pool: Pool) -> Response:
    if isinstance(why, LineFull):
        seconds = min(_LONGEST_RETRY, math.ceil(pool.seconds_to_come))
        detail = f"As many sessions wait as may. Try again in about {seconds} seconds."
        return problem(429, detail, {"Retry-After": str(seconds)})
    if isinstance(why, Stopping):
        return problem(503, "The server is being stopped. Try again when it is back.", {"Retry-After": "10"})
    if isinstance(why, NoWorker):
        return problem(503, "The workers ended, and none could be started again so far. Try again later.", {"Retry-After": "30"})
    if isinstance(why, TooLong):
        return problem(504, "The session took longer than any may. Split it, or use: rupture analyze")
    return problem(
        500, "The worker ended while it had the session, perhaps for want of memory. Try once more, with a shorter one."
    )


async def _not_valid(_: Request, error: Exception) -> Response:
    """In place of FastAPI's answer, which shows the values it was sent."""
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    if any(found["type"] == "json_invalid" for found in errors):
        return problem(400, f"Not valid JSON: it breaks off at character {errors[0]['loc'][-1]}. Send one JSON object.")
    return problem(422, told(errors))


async def _refused(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = {
        400: "Not valid JSON: expected one object in UTF-8, without numbers or nesting beyond measure.",
        404: f"There is nothing here. Send a session to POST {ANALYSES}; /openapi.json describes all routes.",
        405: f"Not with this method. Send a session to POST {ANALYSES}; /openapi.json describes all routes.",
    }
    return problem(status, said.get(status, "The request cannot be answered. /openapi.json describes all routes."))
