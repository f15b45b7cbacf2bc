"""Gateways on this machine, which can die and come back."""

import asyncio
from collections.abc import Mapping
import contextlib
import os
import socket

from custom_components.coachiq.bus.port import Port


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


class FarEnd:
    """A gateway of any kind: what is written to it is `read`, and it says bytes.

    `hello` is said to whoever comes; `answers` are what it replies to. While it is `refusing`, it
    has all the clients that it can have.
    """

    def __init__(self, hello: bytes = b"", answers: Mapping[bytes, bytes] | None = None) -> None:
        self.port = 0
        self.read = b""
        self.hello = hello
        self.answers = answers or {}
        self.transports: list[asyncio.Transport] = []
        self.refusing = False
        self._server: asyncio.Server | None = None

    async def open(self, host: str = "127.0.0.1") -> None:
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # So small that it can be filled.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        sock.bind((host, self.port))
        self.port = sock.getsockname()[1]
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Visitor(self), sock=sock
        )

    async def close(self) -> None:
        """Die: nobody is connected any more, nobody can connect."""
        server, self._server = self._server, None
        if server:
            server.close()
            for transport in list(self.transports):
                transport.abort()
            await server.wait_closed()

    def say(self, *datagrams: bytes) -> None:
        for transport in self.transports:
            transport.writelines(datagrams)


class _Visitor(asyncio.Protocol):
    """Somebody who is connected."""

    transport: asyncio.Transport

    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end
        self._unanswered = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._far_end.transports.append(transport)
        if self._far_end.refusing:
            transport.abort()
        else:
            transport.write(self._far_end.hello)

    def connection_lost(self, _: Exception | None) -> None:
        self._far_end.transports.remove(self.transport)

    def data_received(self, data: bytes) -> None:
        self._far_end.read += data
        self._unanswered += data
        for said, answer in self._far_end.answers.items():
            if said in self._unanswered:
                self._unanswered = self._unanswered.replace(said, b"")
                self.transport.write(answer)


def daemon() -> FarEnd:
    """Return what greets and answers as socketcand does."""
    return FarEnd(b"< hi >", {b"< open can0 >": b"< ok >", b"< rawmode >": b"< ok >"})


class DatagramFarEnd:
    """A gateway that sends datagrams to one port, and reads what comes from there."""

    def __init__(self) -> None:
        self.port = free_port()
        self.local_port = free_port()
        self.read = b""
        self._socket: socket.socket | None = None

    async def open(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", self.port))
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._hear, self._socket)

    async def close(self) -> None:
        sock, self._socket = self._socket, None
        if sock:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()

    def say(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            if self._socket:
                self._socket.sendto(datagram, ("127.0.0.1", self.local_port))

    def _hear(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # nobody is there any more
            self.read += sock.recv(2048)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def narrow(port: Port) -> int:
    """Make our side's buffer so small that it can be filled, and return the descriptor."""
    descriptor: int = port._device.fileno()  # type: ignore[attr-defined]  # a DescriptorPort
    with socket.socket(fileno=os.dup(descriptor)) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    return descriptor
