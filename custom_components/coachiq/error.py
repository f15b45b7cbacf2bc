"""What can go wrong below Home Assistant: one small tree, translated in one place."""


class CoachError(Exception):
    """A failure with a translation key and the words that fill its placeholders."""

    def __init__(self, key: str, **words: str | float) -> None:
        """Name the failure by its translation key; `words` fill the sentence."""
        self.key = key
        self.words = {name: str(word) for name, word in words.items()}
        super().__init__(f"{key} {self.words}" if words else key)


class AdapterError(CoachError):
    """An adapter cannot be opened, or its settings cannot be right."""


class BusError(CoachError):
    """A frame could not leave: the bus is down, or this node may not transmit."""


class CommandError(CoachError):
    """A command was refused by its device, or was never answered."""


class AnswerError(CoachError):
    """What an owner entered in a form of the options cannot be meant."""


class RecordingError(CoachError):
    """A bus cannot be recorded, or not any more."""


class SettingError(CoachError):
    """What an entry holds can never work."""


class ProfileError(CoachError):
    """A coach profile cannot be read."""


class ConfigError(CoachError):
    """A coach cannot be exported, or made of what was exported."""
