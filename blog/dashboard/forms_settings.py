"""The form of the settings that an administrator may change."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Regexp

from blog.config import RANGES
from blog.web.comment_form import fits, line, lines, required

LONGEST_LIST = 20_000  # characters; longer lists of words belong in their files


class WholeNumber(IntegerField):
    """A number between two others; whatever else was typed is told so in one sentence."""

    def __init__(self, label: object, *, least: int, most: int, description: object, **more: Any):
        """Both ends may be given, too."""
        self._message = lazy_gettext(
            "A whole number between %(least)s and %(most)s, please.", least=least, most=most
        )
        rules = [InputRequired(self._message), NumberRange(least, most, self._message)]
        super().__init__(label, rules, description=description, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(self._message) from None


def _number(name: str, label: object, meaning: object) -> WholeNumber:
    least, most = RANGES[name]
    return WholeNumber(label, least=least, most=most, description=meaning)


class SettingsForm(FlaskForm):
    """What an administrator may change; each field is a setting of blog/config.py."""

    # The newest line of the log when the page was made.
    seen = HiddenField(filters=[line], default="0", validators=[Regexp("[0-9]{1,18}$")])
    site_name = StringField(
        lazy_gettext("Name of the site"),
        description=lazy_gettext("Stands in the header, in titles and in feeds."),
        filters=[line],
        validators=[required(lazy_gettext("Please give a name.")), fits(80)],
    )
    site_tagline = StringField(
        lazy_gettext("What it is about"),
        description=lazy_gettext("One line, for search engines and the feed."),
        filters=[line],
        validators=[fits(200)],
    )
    hold_first_comment = BooleanField(
        lazy_gettext("First comments wait"),
        description=lazy_gettext("Until one by the same browser, or proved address, is public."),
    )
    hold_links = _number(
        "hold_links",
        lazy_gettext("Links that make a comment wait"),
        lazy_gettext("A comment with this many links waits; 0: never."),
    )
    hold_rejected_percent = _number(
        "hold_rejected_percent",
        lazy_gettext("Share of rejections, in percent"),
        lazy_gettext("Who had this share rejected in 7 days waits again; 0: never."),
    )
    hold_likeness_percent = _number(
        "hold_likeness_percent",
        lazy_gettext("Likeness to rejected comments, in percent"),
        lazy_gettext("The filter learns from your decisions and holds what is this alike; 0: off."),
    )
    held_list = TextAreaField(
        lazy_gettext("Words that make a comment wait"),
        description=lazy_gettext("One word or phrase a line; * stands for any letters."),
        filters=[lines],
        validators=[fits(LONGEST_LIST, lines=True)],
    )
    refused_list = TextAreaField(
        lazy_gettext("Words that reject a comment"),
        description=lazy_gettext("One word or phrase a line; * stands for any letters."),
        filters=[lines],
        validators=[fits(LONGEST_LIST, lines=True)],
    )
    flood_seconds = _number(
        "flood_seconds",
        lazy_gettext("Pause between two comments, in seconds"),
        lazy_gettext("Of one browser or network; 0: none."),
    )
    edit_minutes = _number(
        "edit_minutes",
        lazy_gettext("Minutes to edit or delete the own comment"),
        lazy_gettext("Or until somebody answers; 0: never."),
    )
    reports_to_hide = _number(
        "reports_to_hide",
        lazy_gettext("Reports that hide a comment"),
        lazy_gettext("Readers in this many different networks send it back to wait; 0: never."),
    )
    close_after_days = _number(
        "close_after_days",
        lazy_gettext("Days until a discussion closes"),
        lazy_gettext("Counted from the article's date; 0: never."),
    )
    comments_per_page = _number(
        "comments_per_page",
        lazy_gettext("Threads on a page"),
        lazy_gettext("Longer conversations have several pages."),
    )
