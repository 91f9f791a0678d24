"""The one exception type for what a user can cause and mend."""


class UserError(Exception):
    """A fault the user can mend: shown in the message bar, or as the command line's last line.

    `message` is one line that names the file or field; `hint` says the way out and may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, str]]:
        # Workers of a process pool send exceptions by pickle, which would drop the hint.
        return type(self), (self.message, self.hint)
