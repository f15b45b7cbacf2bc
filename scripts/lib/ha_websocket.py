"""A synchronous client of Home Assistant's WebSocket API."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
import contextlib
import queue
import threading
import time
from typing import Any, Self

import aiohttp

type Json = Any


class WebSocketError(RuntimeError):
    """A command was refused, or an event did not come."""


class Subscription:
    """The events of one subscription, in order."""

    def __init__(self) -> None:
        """Make an empty queue."""
        self.events: queue.Queue[Json] = queue.Queue()

    def wait(self, accept: Callable[[Json], bool], seconds: float = 10) -> Json:
        """Return the first event that `accept` takes; WebSocketError when none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise WebSocketError(f"no such event within {seconds:g} s") from None
            if accept(event):
                return event


class Connection:
    """One authenticated connection, read by a thread of its own; use it in a with statement."""

    def __init__(self, url: str, token: str) -> None:
        """Remember where to connect."""
        self._url = url.replace("http", "ws", 1) + "/api/websocket"
        self._token = token
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="websocket")
        self._pending: dict[int, asyncio.Future[Json]] = {}
        self._subscriptions: dict[int, Subscription] = {}
        self._number = 0
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        """Connect and authenticate."""
        self._thread.start()
        try:
            self._run(self._open())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close, and end the thread."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, command: str, **fields: Json) -> Json:
        """Send a command and return its result."""
        return self._run(self._call(command, fields, None))

    def subscribe(self, command: str, **fields: Json) -> Subscription:
        """Send a command that answers with events."""
        subscription = Subscription()
        self._run(self._call(command, fields, subscription))
        return subscription

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the connection's thread."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(60)

    async def _open(self) -> None:
        """Connect, authenticate and start to read."""
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self._url, max_msg_size=0)
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise WebSocketError(f"not let in: {answer}")
        self._reader = asyncio.create_task(self._read())

    async def _close(self) -> None:
        """Stop reading and close what was opened."""
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if hasattr(self, "_socket"):
            await self._socket.close()
        await self._session.close()

    async def _call(
        self, command: str, fields: dict[str, Json], subscription: Subscription | None
    ) -> Json:
        """Send one command and wait for its result."""
        self._number += 1
        number = self._number
        answered = self._pending[number] = self._loop.create_future()
        if subscription:
            self._subscriptions[number] = subscription
        await self._socket.send_json({"id": number, "type": command, **fields})
        answer = await answered
        if not answer["success"]:
            raise WebSocketError(f"{command}: {answer['error']}")
        return answer["result"]

    async def _read(self) -> None:
        """Hand results and events to those who wait for them."""
        async for raw in self._socket:
            received = raw.json()
            for message in received if isinstance(received, list) else [received]:
                number = message["id"]
                if message["type"] == "result" and number in self._pending:
                    self._pending.pop(number).set_result(message)
                elif message["type"] == "event" and number in self._subscriptions:
                    self._subscriptions[number].events.put(message["event"])
        for waiting in self._pending.values():
            waiting.set_exception(WebSocketError("the connection was closed"))
