"""How gateways and sticks write frames, from their manuals and not by our codecs."""

from collections.abc import Callable
from dataclasses import dataclass
import re

from custom_components.coachiq.bus.codec.cannelloni import CannelloniCodec
from custom_components.coachiq.bus.codec.seeed import SeeedCodec
from custom_components.coachiq.bus.codec.slcan import SlcanCodec
from custom_components.coachiq.bus.codec.socketcand import SocketcandCodec
from custom_components.coachiq.bus.codec.thirteen import ThirteenCodec, ThirteenDatagramCodec
from custom_components.coachiq.bus.codec.yacht import YachtCodec
from custom_components.coachiq.bus.port import Codec

# Identifier of 29 bits, and at most 8 bytes.
type Plain = tuple[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A codec of ours; how the other side writes frames, and reads one that we wrote.

    `noise` is what no frame begins with.
    """

    codec: Callable[[], Codec]
    write: Callable[[Plain], bytes]
    read: Callable[[bytes], list[Plain]]
    noise: bytes


def _slcan(frame: Plain) -> bytes:
    return f"T{frame[0]:08X}{len(frame[1])}{frame[1].hex().upper()}\r".encode()


def _read_slcan(data: bytes) -> list[Plain]:
    lines = re.findall(rb"T([0-9A-F]{8})([0-8])([0-9A-F]*)\r", data)
    return [_plain(*line) for line in lines]


def _plain(can_id: bytes, length: bytes, data: bytes) -> Plain:
    payload = bytes.fromhex(data.decode())
    assert len(payload) == int(length)
    return int(can_id, 16), payload


def _yacht(frame: Plain) -> bytes:
    return f"17:33:21.107 R {frame[0]:08X} {frame[1].hex(' ').upper()}\r\n".encode()


def _read_yacht(data: bytes) -> list[Plain]:
    lines = re.findall(rb"([0-9A-F]{8}) ?((?:[0-9A-F]{2} ?)*)\r\n", data)
    return [(int(can_id, 16), bytes.fromhex(rest.decode())) for can_id, rest in lines]


def _thirteen(frame: Plain) -> bytes:
    head = bytes([0x80 | len(frame[1])])
    return head + frame[0].to_bytes(4, "big") + frame[1] + bytes(8 - len(frame[1]))


def _read_thirteen(data: bytes) -> list[Plain]:
    pieces = [data[at : at + 13] for at in range(0, len(data), 13)]
    return [(int.from_bytes(one[1:5], "big"), one[5 : 5 + (one[0] & 0x0F)]) for one in pieces]


def _cannelloni(frame: Plain) -> bytes:
    return cannelloni(0, frame)


def cannelloni(sequence: int, *frames: Plain) -> bytes:
    """Return a datagram of frames."""
    body = b"".join(
        (can_id | 0x8000_0000).to_bytes(4, "big") + bytes([len(data)]) + data
        for can_id, data in frames
    )
    return bytes([2, 0, sequence & 0xFF]) + len(frames).to_bytes(2, "big") + body


def _read_cannelloni(data: bytes) -> list[Plain]:
    found = []
    while data:
        assert data[:2] == b"\x02\x00"
        assert data[3:5] == b"\x00\x01", "one frame a datagram"
        can_id = int.from_bytes(data[5:9], "big")
        assert can_id & 0xE000_0000 == 0x8000_0000
        end = 10 + data[9]
        assert len(data) >= end
        found.append((can_id & 0x1FFF_FFFF, data[10:end]))
        data = data[end:]
    return found


def _seeed(frame: Plain) -> bytes:
    return bytes([0xAA, 0xE0 | len(frame[1])]) + frame[0].to_bytes(4, "little") + frame[1] + b"\x55"


def _read_seeed(data: bytes) -> list[Plain]:
    assert data[0] == 0xAA
    assert data[-1] == 0x55
    assert data[1] == 0xE0 | len(data) - 7
    return [(int.from_bytes(data[2:6], "little"), data[6:-1])]


def _socketcand(frame: Plain) -> bytes:
    return f"< frame {frame[0]:08X} 23.424242 {frame[1].hex().upper()} >".encode()


def _read_socketcand(data: bytes) -> list[Plain]:
    found = []
    for can_id, length, rest in re.findall(
        rb"< send ([0-9A-F]{8}) ([0-8]) ((?:[0-9A-F]{1,2} )*)>", data
    ):
        payload = bytes(int(word, 16) for word in rest.split())
        assert len(payload) == int(length)
        found.append((int(can_id, 16), payload))
    return found


STREAMS = {
    "slcan": Dialect(codec=SlcanCodec, write=_slcan, read=_read_slcan, noise=b"*garbage*\r"),
    "yacht": Dialect(
        codec=YachtCodec, write=_yacht, read=_read_yacht, noise=b"$WIMWV,214.8,R,0.1,K,A*28\r\n"
    ),
    "thirteen": Dialect(
        codec=ThirteenCodec, write=_thirteen, read=_read_thirteen, noise=b"\xff\x3e"
    ),
    "seeed": Dialect(codec=SeeedCodec, write=_seeed, read=_read_seeed, noise=b"\x00\x55\xff"),
    "socketcand": Dialect(
        codec=SocketcandCodec, write=_socketcand, read=_read_socketcand, noise=b"< what >"
    ),
}
DATAGRAMS = {
    "thirteen": Dialect(
        codec=ThirteenDatagramCodec, write=_thirteen, read=_read_thirteen, noise=b"\xff" * 13
    ),
    "cannelloni": Dialect(
        codec=CannelloniCodec, write=_cannelloni, read=_read_cannelloni, noise=b"\xff" * 13
    ),
}
