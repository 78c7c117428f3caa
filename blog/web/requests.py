"""How a request's body is read: strictly, whole, and within the limits."""

from typing import IO, Any
from urllib.parse import parse_qsl

import flask
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from blog.config import Settings

STAFF_ROOMS = "/dashboard/"
LARGEST_OF_STAFF = 512 * 1024  # bytes
MOST_PARTS = 50  # of a form that readers send; none of ours has half of them
MOST_PARTS_OF_STAFF = 2_500  # as many comments as one decision takes, each with its tick


def largest(path: str, settings: Settings) -> int:
    """The most bytes that a request may carry; lists of words are longer than comments."""
    return LARGEST_OF_STAFF if path.startswith(STAFF_ROOMS) else settings.largest_request


class StrictFormParser(FormDataParser):
    """Reads a form as text that a page can hold and a database is safe from.

    Broken UTF-8, which werkzeug would spell as `%FF`, and NUL become U+FFFD, which no field takes.
    Files are dropped: no form of the site asks for one, and none may come in the place of a text.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        """Parse a form. Raises RequestEntityTooLarge for more fields than are allowed.

        Raises BadRequest for one that broke off.
        """
        if mimetype == "application/x-www-form-urlencoded":
            items = self._pairs(stream)
        else:
            form, files = self._parts(stream, mimetype, content_length, options)
            for file in files.values():
                file.close()
            items = list(form.items(multi=True))
        shown = [(name, value.replace("\0", "\ufffd")) for name, value in items]
        return stream, self.cls(shown), self.cls()

    def _parts(self, *form: Any) -> tuple[Any, Any]:
        self.silent = False  # else what broke off would be a form with nothing in it
        try:
            return super().parse(*form)[1:]
        except ValueError:
            raise BadRequest from None

    def _pairs(self, stream: IO[bytes]) -> list[tuple[str, str]]:
        text = stream.read().decode(errors="replace")
        stream.read(1)  # a body without a length that goes on is too large, not to be cut
        items = parse_qsl(text, keep_blank_values=True, errors="replace")
        if self.max_form_parts is not None and len(items) > self.max_form_parts:
            raise RequestEntityTooLarge
        return items


class Request(flask.Request):
    """The application's request."""

    form_data_parser_class = StrictFormParser

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:
        # Granian ends the input of a request that comes in chunks, but does not say so.
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input_terminated"] = True
        super().__init__(environ, *args, **options)
        if self.method == "HEAD":  # answered as GET everywhere; the body is left out at the end
            self.method = "GET"
        self.max_form_parts = MOST_PARTS
        if self.path.startswith(STAFF_ROOMS):
            self.max_content_length = self.max_form_memory_size = LARGEST_OF_STAFF
            self.max_form_parts = MOST_PARTS_OF_STAFF
