"""Which tickets say much the same as a text that somebody types: by the two-letter pieces of the titles."""

from __future__ import annotations

from itertools import chain

from django.db.models import Q

from accounts.policies import Actor
from core.text import bigrams
from tickets.models import Ticket
from tickets.selectors import tickets_for

# Of the pieces of what was typed, so many must be in a title.
LEAST = 0.4
_SHORTEST, _MOST_WORDS, _CLOSE = 2, 4, 50


def alike(actor: Actor, text: str, *, among: Q, most: int) -> list[Ticket]:
    """Visible tickets of ``among`` whose titles are most like ``text``, the best first, at most ``most``.

    Looked at are up to 50 that hold its longest words together, then up to 50 for each of these words: each
    is found by the index of pieces, however many tickets there are. At most five queries.
    """
    typed = set(bigrams(text))
    words = sorted({word for word in text.split() if len(word) >= _SHORTEST}, key=lambda w: (-len(w), w))
    longest = words[:_MOST_WORDS]
    if not typed or not longest:
        return []
    rows = tickets_for(actor).filter(among)
    searches = [longest, *([word] for word in longest if len(longest) > 1)]
    found = {
        row.pk: row
        for row in chain.from_iterable(
            rows.filter(bigram__contains=bigrams(*each)).order_by()[:_CLOSE] for each in searches
        )
    }
    scored = [(len(typed & set(bigrams(row.title))) / len(typed), row.pk) for row in found.values()]
    best = sorted((each for each in scored if each[0] >= LEAST), reverse=True)
    return [found[pk] for _score, pk in best[:most]]
