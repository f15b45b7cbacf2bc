"""The frames that carry a message longer than a frame (RV-C 3.2.7, 2023-11; J1939-21)."""

CONTROL = 0xEC00
DATA = 0xEB00
# The first byte of a CONTROL frame. RV-C has the broadcast only; J1939-21 has the rest.
REQUEST_TO_SEND, CLEAR_TO_SEND, END_OF_MESSAGE, BROADCAST, ABORT = 16, 17, 19, 32, 255
PACKET_BYTES = 7
LONGEST = 1785
# We send, and ask for, no more packets than this in one go.
WINDOW = 16
# The second byte of an ABORT.
BUSY, NO_ROOM, TIME_OUT, DATA_FLOWS, TOO_OFTEN = 1, 2, 3, 4, 5
ABORT_REASONS = {
    BUSY: "it is busy with another message",
    NO_ROOM: "it has no room for the message",
    TIME_OUT: "it waited too long",
    DATA_FLOWS: "it was asked for packets while it sent some",
    TOO_OFTEN: "it asked for lost packets too often",
}


class TransportError(Exception):
    """A message that did not get through, and why."""


def count_packets(length: int) -> int:
    """Return how many packets a message of so many bytes takes."""
    return -(-length // PACKET_BYTES)


def make_abort(reason: int, dgn: bytes) -> bytes:
    """Return the CONTROL frame that ends the transfer of a DGN, given in its three bytes."""
    return bytes((ABORT, reason, 0xFF, 0xFF, 0xFF)) + dgn
