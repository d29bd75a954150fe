"""Discord's own refusals: status, code and the nested errors of a form."""

from collections.abc import Sequence

from genjilib.local.discord.jsons import Json

Path = Sequence[str | int]
"""Where in a form something is wrong: ("embeds", 0, "title")."""


class ApiError(Exception):
    """A refusal as Discord answers it: HTTP status, JSON error code, message."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


class Form:
    """Collects what is wrong with one body, then refuses it as a whole."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note one error at `path`."""
        node = self._errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path) -> None:
        """Note that something is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: Path, value: object, least: int, most: int) -> None:
        """Check a text's or a list's length; a missing one is refused only if `least` is above 0."""
        if value is None or value == "" or value == []:
            if least:
                self.required(path)
            return
        size = len(value) if isinstance(value, str | list) else 0  # pyright: ignore[reportUnknownArgumentType]
        if least <= size <= most:
            return
        if least > 1 or (least and isinstance(value, list)):
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def choice(self, path: Path, value: object, allowed: Sequence[object]) -> bool:
        """Check that a value is one of a few; False if it is not."""
        if value in allowed:
            return True
        shown = ", ".join(str(one) for one in allowed)
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{shown}}}.")
        return False

    def between(self, path: Path, value: int, least: int, most: int) -> None:
        """Check a number's range."""
        if value < least:
            self.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif value > most:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def refuse(self) -> None:
        """Raise Invalid Form Body if anything was noted."""
        if self._errors:
            raise ApiError(400, 50035, "Invalid Form Body", self._errors)


def unknown(what: str) -> ApiError:
    """404 Unknown Something."""
    codes = {
        "Application": 10002,
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "Role": 10011,
        "User": 10013,
        "Emoji": 10014,
        "Webhook": 10015,
        "Interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiError:
    """The channel cannot be seen."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """The channel can be seen, but not this done."""
    return ApiError(403, 50013, "Missing Permissions")
