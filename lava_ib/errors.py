"""The one exception that stands for bad input."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    Its message is one line that names the key or file, what is wrong and what would be
    right; the command line prints it and ends with exit code 2.
    """

    def __str__(self) -> str:
        """Keep the message on one line, whatever the names in it hold."""
        return "".join(
            letter if letter.isprintable() else letter.encode("unicode_escape").decode()
            for letter in super().__str__()
        )
