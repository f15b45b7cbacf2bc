"""Sockets as devices: what network gateways and the kernel's CAN interfaces are read through."""

import contextlib
import errno
import select
import socket
import struct
import time

from ..error import AdapterError

CONNECT_WAIT = 2.0
# A gateway that has a client already, or is not there, says so within so long.
REFUSAL_WAIT = 0.1
# A gateway that loses its power closes nothing: the kernel asks it, and gives it up after so long.
KEEPALIVE = ((socket.TCP_KEEPIDLE, 4), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 3))
UNACKNOWLEDGED_MS = 10_000
RECEIVE_BUFFER = 2**20
STREAM_PIECE = 1024
DATAGRAM = 2048
# SO_MEMINFO (asm-generic/socket.h): nine counters, the last is of what was dropped.
SO_MEMINFO = 55
MEMINFO = struct.Struct("9I")


class SocketDevice:
    """An open socket, stream or datagram, that never blocks."""

    def __init__(self, sock: socket.socket, size: int) -> None:
        """Take a connected socket, and how much to read at once."""
        sock.setblocking(False)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.is_stream = sock.type == socket.SOCK_STREAM
        self._socket = sock
        self._size = size

    def fileno(self) -> int:
        """Return its descriptor."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """Return what there is; raises BlockingIOError when there is nothing."""
        return self._socket.recv(self._size)

    def write(self, data: bytes) -> int:
        """Write and return how many bytes were taken; raises BlockingIOError for none."""
        return self._socket.send(data)

    def check(self) -> int:
        """Return how many datagrams the kernel had to drop; a stream loses none."""
        if self.is_stream:
            return 0
        try:
            counters = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, MEMINFO.size)
        except OSError:
            return 0  # not Linux
        return int(MEMINFO.unpack(counters)[-1])

    def close(self, farewell: bytes) -> None:
        """Write a last word if that is possible, and close."""
        with contextlib.suppress(OSError):
            if farewell:
                self._socket.send(farewell)
        self._socket.close()


def connect_tcp(host: str, port: int) -> socket.socket:
    """Connect to a gateway; blocking, for 2 s at most once its name is known. Raises OSError."""
    give_up_at = time.monotonic() + CONNECT_WAIT
    failure: OSError = TimeoutError(errno.ETIMEDOUT, "no answer")
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            left = max(0.01, give_up_at - time.monotonic())
            sock.settimeout(left / (len(addresses) - number))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
            for option, value in KEEPALIVE:
                sock.setsockopt(socket.IPPROTO_TCP, option, value)
            _check_kept(sock)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def connect_udp(host: str, port: int, local_port: int) -> socket.socket:
    """Bind a local port and connect it to a gateway's; blocking.

    Raises OSError, and AdapterError when another program has the local port.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    # A connected socket hears one address only, and gateways seldom have IPv6.
    family, kind, protocol, _, address = min(
        addresses, key=lambda found: found[0] != socket.AF_INET
    )
    sock = socket.socket(family, kind, protocol)
    try:
        sock.bind(("", local_port))
        sock.connect(address)
        _check_there(sock)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise AdapterError("local_port_taken", port=local_port) from error
        raise
    return sock


def _check_kept(sock: socket.socket) -> None:
    """Raise OSError, EBUSY, when the gateway closes the connection at once."""
    if select.select([sock], [], [], REFUSAL_WAIT)[0]:
        with contextlib.suppress(ConnectionError):
            if sock.recv(1, socket.MSG_PEEK):
                return
        raise OSError(errno.EBUSY, "closed by the other side at once")


def _check_there(sock: socket.socket) -> None:
    """Raise OSError, ECONNREFUSED, when nobody takes datagrams: one without a frame shows it."""
    sock.send(b"")
    if select.select([sock], [], [], REFUSAL_WAIT)[0]:
        sock.recv(1, socket.MSG_PEEK)
