"""A slcan adapter behind TCP, which can die and come back."""

import asyncio
import contextlib


class Gateway:
    """A network gateway on this machine that hands slcan lines on, and can die and come back."""

    def __init__(self) -> None:
        self.port = 0
        self.lines: list[str] = []
        self._server: asyncio.Server | None = None
        self._clients: list[asyncio.StreamWriter] = []

    @property
    def url(self) -> str:
        return f"socket://127.0.0.1:{self.port}"

    @property
    def frames(self) -> list[str]:
        """The extended frames that were written to it, as slcan writes them."""
        return [line for line in self.lines if line.startswith("T")]

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Die: nobody is connected any more, nobody can connect."""
        server, self._server = self._server, None
        if server:
            server.close()
            for client in self._clients:
                client.transport.abort()
            self._clients.clear()
            await server.wait_closed()

    async def say(self, line: str) -> None:
        """Write a line to whoever is connected, once somebody is."""
        async with asyncio.timeout(5):
            while not self._clients:
                await asyncio.sleep(0.005)
        for client in self._clients:
            client.write(line.encode() + b"\r")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.lines.append((await reader.readuntil(b"\r")).decode().strip())
        if writer in self._clients:
            self._clients.remove(writer)
        writer.close()
