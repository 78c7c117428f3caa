"""What a typed text is: storable, visible, a name, a website. Pure functions on strings."""

import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from itertools import product
from urllib.parse import unquote, urlsplit

from confusable_homoglyphs import confusables
from email_validator import EmailNotValidError, validate_email

# Characters that count as letters or symbols and show nothing.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# What stands for broken UTF-8, and two characters that no feed can hold.
BROKEN = frozenset("\ufffd\ufffe\uffff")
# Characters that turn the direction of what follows: a name with one could rewrite its line.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Look-alikes that are plain ASCII and so in no list of confusable characters.
TWINS = str.maketrans(
    {
        "0": "o", "1": "l", "i": "l", "|": "l", "3": "e", "€": "e", "4": "a", "@": "a", "5": "s",
        "$": "s",
    }
)  # fmt: skip
# Two ways to split a name into words: with digits and signs as letters (`Adm1n`), and with letters
# alone (`Admin1`).
_SPELLED, _LETTERS = re.compile(r"(?:[^\W_]|[|@$€])+"), re.compile(r"[^\W\d_]+")
# Alphabets with letters that look alike.
_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK"})
PAIRS = {"rn": "m", "vv": "w"}
# Letters that Unicode names after the Latin one they are drawn from, and does not decompose.
_DRAWN = re.compile(
    r"LATIN LETTER SMALL CAPITAL (?P<small>[A-Z])"
    r"|LATIN (SMALL|CAPITAL) LETTER INSULAR (?P<insular>[A-Z])"
    r"|NEGATIVE (CIRCLED|SQUARED) LATIN CAPITAL LETTER (?P<sign>[A-Z])"
    r"|REGIONAL INDICATOR SYMBOL LETTER (?P<flag>[A-Z])"
    r"|LATIN (SMALL|CAPITAL) LETTER (?P<with>[A-Z]) WITH .*"
)


def newlines(text: str) -> str:
    """Give every line the one ending that is counted and stored; browsers send CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_storable(text: str, *, lines: bool = False) -> bool:
    """False for NUL, other control characters, what is left of broken UTF-8 and no characters.

    With `lines`, tab and line feed are allowed, and text may turn its direction.
    """
    allowed = "\n\t" if lines else ""
    refused = BROKEN if lines else BROKEN | TURNS
    return not any(
        c in refused or (unicodedata.category(c) in ("Cc", "Cs") and c not in allowed) for c in text
    )


def is_visible(text: str) -> bool:
    """True if the text shows something: a letter, number, sign or symbol."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANKS for c in text)


def fold(text: str) -> str:
    """Reduce a text to what the eye reads: no case, accents, invisible or look-alike letters."""
    spelled = unicodedata.normalize("NFKD", text).translate(_look_alikes())
    return unicodedata.normalize("NFKD", spelled.casefold())


@lru_cache(64)  # names of the site's are compared with every comment's
def fold_name(name: str) -> str:
    """Reduce a name to what the eye takes it for, to compare with names of the staff.

    As `fold`, and spaces, punctuation and digits that stand for letters are gone, too.
    """
    spelled = "".join(c for c in fold(name).translate(TWINS) if c.isalnum())
    for pair, letter in PAIRS.items():
        spelled = spelled.replace(pair, letter)
    return spelled


def word_runs(name: str, least: int, most: int) -> set[str]:
    """Every run of `least` to `most` neighbouring words of a name, joined and folded.

    "Ruth Ansell (Author)" has her name in it. Both ways of splitting are tried, with
    characters that nobody sees as gaps between words and as nothing.
    """
    found = set()
    for pattern, spelled in product((_SPELLED, _LETTERS), {name, _shown(name)}):
        words = pattern.findall(spelled)
        for start in range(len(words)):
            ends = range(start + least, min(start + most, len(words)) + 1)
            found |= {fold_name("".join(words[start:end])) for end in ends}
    return found


def is_of_one_alphabet(name: str) -> bool:
    """False if a word of a name has letters of two alphabets that look alike, as none has."""
    return all(
        len(_ALPHABETS.intersection(map(_alphabet, word))) < 2
        for word in _LETTERS.findall(_shown(unicodedata.normalize("NFKC", name)))
    )


def _shown(name: str) -> str:
    """The name without what nobody sees, which would split a word; blanks become spaces."""
    return "".join(
        " " if c in BLANKS else c
        for c in name
        if c in BLANKS or _look_alikes().get(ord(c), c) is not None
    )


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def _look_alikes() -> dict[int, str | None]:
    """What becomes of a character: its Latin twin, or nothing where it shows nothing."""
    planes = (*range(0x20000), *range(0xE0000, 0xE0200))  # above lie rare ideographs and nothing
    hidden = (c for c in planes if unicodedata.category(chr(c)) in ("Mn", "Cf"))
    table: dict[int, str | None] = dict.fromkeys(hidden) | dict.fromkeys(map(ord, BLANKS))
    for code in planes:
        if drawn := _DRAWN.fullmatch(unicodedata.name(chr(code), "")):
            table[code] = next(filter(None, drawn.groupdict().values())).lower()
    for character, twins in confusables.confusables_data.items():
        latin = next((twin["c"] for twin in twins if twin["c"].isascii()), None)
        if latin and not character.isascii() and len(character) == 1:
            table[ord(character)] = latin
    return table


def prepare() -> None:
    """Make the table of look-alikes, a tenth of a second's work, before somebody waits for it."""
    _look_alikes()


def fingerprint(text: str) -> str:
    """Equal for texts that differ in white space and case only."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def website(text: str) -> str:
    """Return the address of a website, with `https://` before a bare host name.

    Raises ValueError for anything but an http or https address of a named host.
    """
    address = text if "://" in text else f"https://{text}"
    if any(c.isspace() or c in "\"'<>\\`" for c in address) or not is_storable(unquote(address)):
        raise ValueError("not an address")
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        raise ValueError("not a website")
    labels = host.split(".")
    if len(labels) < 2 or not all(labels) or not all(_is_label(label) for label in labels):
        raise ValueError("not a host name")
    return address


def _is_label(label: str) -> bool:
    is_spelled = all(c.isalnum() or c == "-" for c in label)
    return len(label) <= 63 and is_spelled and not label.startswith("-") and not label.endswith("-")


def email(text: str) -> str:
    """Return the address in its normal spelling. Raises ValueError with what is wrong with it.

    Capitals are small letters, so that who is asked, stopped or erased is the same in any spelling.
    Before the @ there are ASCII letters only: few mail servers take others, and ours sends none.
    The domain is not looked up: no answer may depend on somebody else's server.
    """
    if not is_storable(text):
        raise ValueError("not to be stored")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return found.normalized.lower()
