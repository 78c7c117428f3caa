"""The site's language: one for all its pages, so its catalogue is looked up once."""

from functools import cache

from flask import Flask
from flask_babel import get_locale, get_translations


def init_app(app: Flask) -> None:
    """Let templates translate without asking, for each word, which language this request wants."""

    @cache
    def catalogue():  # type: ignore[no-untyped-def]
        return get_translations()

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda word: catalogue().ugettext(word),
        lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.add_template_global(cache(language), "language")


def language() -> str:
    """The page's language for `<html lang>`."""
    return str(get_locale()).replace("_", "-")
