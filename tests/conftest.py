"""What all tests share."""

# Imported early: the plugin's own configuration folder would hide the repository's otherwise.
import custom_components.coachiq  # noqa: F401
