"""How frames are written on the wires of adapters and gateways, a module each."""


def cut(data: bytes, end: bytes, longest: int) -> tuple[list[bytes], bytes, int]:
    """Return the pieces of a stream that `end` ends, what is left, and how much of it was lost.

    1 is lost when what is left is longer than a piece can be; its last bytes are kept.
    """
    *pieces, rest = data.split(end)
    return pieces, rest[-longest:], int(len(rest) > longest)
