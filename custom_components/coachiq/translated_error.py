"""Errors from below Home Assistant, as its own: in words, in the user's language."""

from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .error import CoachError


def in_words(error: CoachError, **words: str) -> ServiceValidationError:
    """Return the error that tells a user what was wrong with what he asked for."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=error.key,
        translation_placeholders={**words, **error.words},
    )
