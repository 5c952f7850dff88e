"""What a verb answers when something asked of it cannot be done.

Apps derive their refusals from here, so that one place turns all of them into answers.
"""


class Refusal(Exception):
    """The message is Vietnamese and fit to show; `status` is the HTTP answer it becomes."""

    status = 409
