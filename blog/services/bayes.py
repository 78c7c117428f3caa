"""A filter that learns which comments are unwanted: naive Bayes. Pure: texts and counts in.

Each feature of a text counts once, however often it stands there. How telling a feature is comes
from the share of unwanted and of wanted comments that had it, drawn towards "says nothing" while it
was seldom seen (Robinson, "A Statistical Approach to the Spam Problem", Linux Journal 2003). The
constants were chosen on 153 labelled comments of a public collection (TubeSpam, Psy): from the 31st
decision on, 87 % of spam and 2 % of good comments reached 90 in 60 random orders.
"""

import hashlib
import itertools
import math
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from blog.services.text import fold

# With fewer decisions of either kind the filter has no opinion.
ENOUGH = 5
# How many sightings the assumption "a new feature says nothing" weighs.
DOUBT = 1.5
# What is added to every count: that few comments of a kind had no such word proves little.
SMOOTHING = 0.2
# Only the most telling features count: long texts would else be decided by their many plain words.
TELLING = 25

_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|info|ru|ly|biz|top|xyz)\b\S*", re.I
)
TOTAL = 0  # the id under which the comments themselves are counted
# Enough to know a text by; what a very long one adds is only work.
_MOST_WORDS = 250
Count = tuple[int, int]  # how many unwanted and how many wanted comments had a feature


def features(name: str, body: str) -> set[str]:
    """What the filter looks at: words, pairs of words, hosts of links, and the text's manner."""
    links = _LINK.findall(body)
    words = _WORD.findall(fold(_LINK.sub(" ", body)))[:_MOST_WORDS]
    found = {f"word {word}" for word in words if len(word) <= 40}
    found |= {f"pair {one} {two}" for one, two in itertools.pairwise(words)}
    found |= {f"host {_host(link)}" for link in links}
    found |= {f"name {word}" for word in _WORD.findall(fold(name))}
    return found | set(_manner(body, words, len(links)))


def _host(link: str) -> str:
    address = link if "://" in link else f"https://{link}"
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return "broken"


def _manner(body: str, words: list[str], links: int) -> Iterable[str]:
    """How the text is written, in a few coarse steps."""
    yield f"links {min(links, 3)}"
    yield f"length {min(len(words).bit_length(), 8)}"
    letters = [c for c in body if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    if len(letters) >= 10 and capitals > len(letters) / 2:
        yield "shouts"
    if body.count("!") >= 3:
        yield "exclaims"
    if re.search(r"\d{5}", body):
        yield "long number"
    if re.search(r"[$€£]\s?\d|\d\s?[$€£]", body):
        yield "money"


def number(feature: str) -> int:
    """The id under which a feature is counted: 63 bits of its hash, never 0."""
    digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 1) or 1


def likeness(counts: Mapping[int, Count], numbers: Iterable[int]) -> int | None:
    """How like the unwanted comments a text is, in percent; None while too few were decided.

    `counts` holds the counts of the text's features and, under TOTAL, of all decided comments.
    """
    total = counts.get(TOTAL, (0, 0))
    if min(total) < ENOUGH:
        return None
    weights = sorted(
        (_weight(counts[each], total) for each in numbers if each in counts), key=abs, reverse=True
    )
    evidence = sum(weights[:TELLING])
    return round(100 / (1 + math.exp(-max(-30.0, min(30.0, evidence)))))


def _weight(count: Count, total: Count) -> float:
    """The logarithm of the odds that a comment with this feature is unwanted."""
    bad, good = (
        (seen + SMOOTHING) / (decided + 2 * SMOOTHING)
        for seen, decided in zip(count, total, strict=True)
    )
    seen = sum(count)
    share = bad / (bad + good)
    probability = (DOUBT * 0.5 + seen * share) / (DOUBT + seen)
    return math.log(probability / (1 - probability))
