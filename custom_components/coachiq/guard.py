"""The code that protects what can hurt people: asked for where the owner has set one."""

from collections.abc import Callable
import hmac

from .error import CommandError

MOST_TRIES = 3
LOCK_OUT = 15 * 60.0
LONGEST = 10 * 60.0


class Guard:
    """Keeps protected things closed until the code is given; times in seconds of the clock."""

    def __init__(self, code: str | None, now: Callable[[], float]) -> None:
        """Take the code, None or empty for no protection, and the clock."""
        self._code = code
        self._now = now
        self._open_until = float("-inf")
        self._shut_until = float("-inf")
        self._wrong = 0

    def check(self) -> None:
        """Raise CommandError while the things are closed."""
        if self.is_closed:
            raise CommandError("code_needed")

    @property
    def is_closed(self) -> bool:
        """Tell whether a code is needed now."""
        return bool(self._code) and self._now() >= self._open_until

    def admit(self, code: str | None) -> None:
        """Let one act pass: the things are open, or this is the code; else raise CommandError."""
        if code is not None and self.is_closed:
            self.verify(code)
        else:
            self.check()

    def unlock(self, code: str, seconds: float) -> None:
        """Open the things for a time, of 10 min at most; raises CommandError for a wrong code.

        Three wrong ones in a row, and it takes none for 15 min.
        """
        if not self._code:
            raise CommandError("no_code")
        self.verify(code)
        self._open_until = self._now() + min(seconds, LONGEST)

    def verify(self, code: str) -> None:
        """Raise CommandError for a wrong code, or while none is taken."""
        now = self._now()
        if now < self._shut_until:
            raise CommandError("code_shut", minutes=int((self._shut_until - now) // 60 + 1))
        if not hmac.compare_digest(code.encode(), (self._code or "").encode()):
            self._wrong += 1
            if self._wrong >= MOST_TRIES:
                self._wrong, self._shut_until = 0, now + LOCK_OUT
            raise CommandError("code_wrong")
        self._wrong = 0
