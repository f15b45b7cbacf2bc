"""Gateways on the network: where they are, and how each is opened."""

from collections.abc import Callable
from ipaddress import ip_address
import re
import socket
import time

from ..error import AdapterError
from .codec.socketcand import LONGEST_MESSAGE, SocketcandCodec, message
from .kind import MOST_PORT, AdapterKind, Open, Setting, Settings, Use
from .port import Codec, DescriptorPort, Port
from .socket_device import DATAGRAM, STREAM_PIECE, SocketDevice, connect_tcp, connect_udp

# What a daemon may take for the whole of its greeting and answers.
HANDSHAKE_WAIT = 2.0
HOST_NAME = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(\.[\w-]{1,63})*\.?")
GREETED, DONE = b"< hi >", b"< ok >"


def open_stream(host: str, port: int) -> SocketDevice:
    """Connect to a gateway that hands on a stream; blocking."""
    return SocketDevice(connect_tcp(host, port), STREAM_PIECE)


def over_tcp(codec: Callable[[], Codec]) -> Open:
    """Return what opens a gateway that hands frames on in a stream."""
    return lambda settings, _: DescriptorPort(open_stream(*_end(settings, "tcp_port")), codec())


def over_udp(codec: Callable[[], Codec]) -> Open:
    """Return what opens a gateway that hands frames on in datagrams."""

    def open_gateway(settings: Settings, _: Use) -> Port:
        local = _number(settings, "local_port")
        sock = connect_udp(*_end(settings, "udp_port"), local)
        return DescriptorPort(SocketDevice(sock, DATAGRAM), codec())

    return open_gateway


def open_socketcand(settings: Settings, _: Use) -> Port:
    """Open an interface behind socketcand, in raw mode."""
    interface = str(settings["channel"])
    if not re.fullmatch(r"[\w.-]{1,15}", interface, re.ASCII):
        raise AdapterError("bad_interface", interface=interface)
    host, port = _end(settings, "tcp_port")
    sock = connect_tcp(host, port)
    give_up_at = time.monotonic() + HANDSHAKE_WAIT
    try:
        for words, wanted in (("", GREETED), (f"open {interface}", DONE), ("rawmode", DONE)):
            if words:
                sock.sendall(message(words))
            _expect(sock, wanted, give_up_at, f"{host}:{port}")
    except BaseException:
        sock.close()
        raise
    return DescriptorPort(SocketDevice(sock, STREAM_PIECE), SocketcandCodec())


def _expect(sock: socket.socket, wanted: bytes, give_up_at: float, name: str) -> None:
    """Wait for an answer; raises AdapterError for another, TimeoutError for none."""
    said = _answer(sock, give_up_at)
    if said != wanted:
        text = said.decode(errors="replace") or "(closed)"
        raise AdapterError("gateway_refused", adapter=name, said=text)


def _answer(sock: socket.socket, give_up_at: float) -> bytes:
    """Return the next message, or what came before the other side closed; raises TimeoutError.

    Byte by byte, since frames may follow the last answer at once.
    """
    said = b""
    while not said.endswith(b">") and len(said) < LONGEST_MESSAGE:
        # Zero would mean not to wait at all, which raises another error.
        sock.settimeout(max(0.001, give_up_at - time.monotonic()))
        one = sock.recv(1)
        if not one:
            break
        said += one
    return said.strip()


def gateway(key: str, opener: Open, **more: str | int) -> AdapterKind:
    """Return the row of a gateway at a host: its port and further settings, as they mostly are."""
    number = next(iter(more))
    kind = number.removesuffix("_port")

    def place(settings: Settings) -> str:
        where = endpoint(kind, str(settings["host"]), str(settings[number]))
        return f"{where}/{settings['channel']}" if "channel" in more else where

    return AdapterKind(
        key=key,
        settings=(
            Setting(name="host", kind="text"),
            *(
                Setting(name=name, kind="text" if isinstance(value, str) else "number",
                        default=value)
                for name, value in more.items()
            ),
        ),
        open=opener,
        place=place,
        name=lambda settings: f"{settings['host']}:{settings[number]}",
    )  # fmt: skip


def endpoint(kind: str, host: str, port: str) -> str:
    """Return one name for an end of the network however it is spelled, even one that is wrong."""
    return f"{kind}:{host.strip('[] ').rstrip('.').lower()}:{port.strip().lstrip('0')}"


def _end(settings: Settings, number: str) -> tuple[str, int]:
    """Return where a gateway is; raises AdapterError for what is no host or port."""
    host = str(settings["host"]).strip()
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not HOST_NAME.fullmatch(bare) and not _is_address(bare):
        raise AdapterError("bad_host", host=host)
    return bare, _number(settings, number)


def _is_address(text: str) -> bool:
    """Tell whether it is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _number(settings: Settings, name: str) -> int:
    """Return a port number; raises AdapterError for what is none."""
    return port_number(str(settings[name]))


def port_number(text: str) -> int:
    """Return a number of a TCP or UDP port; raises AdapterError for what is none."""
    if not re.fullmatch(r"0*[0-9]{1,5}", text, re.ASCII) or not 0 < int(text) <= MOST_PORT:
        raise AdapterError("bad_port", port=text)
    return int(text)
