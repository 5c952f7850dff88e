"""English words that a Vietnamese page must not show."""

import re

ENGLISH = re.compile(
    r"\b(the|and|or|of|is|are|was|this|that|these|you|your|please|with|for|from|not|has|have|been|must|should"
    r"|will|cannot|enter|select|choose|none|null|true|false|required|field|value|invalid|error|warning|submit"
    r"|save|cancel|delete|remove|edit|add|search|next|previous|back|log|login|logout|sign|password|username"
    r"|user|page|yes|unknown|undefined|nan|object|month|year|today|ago|upload|download|browse|draft|round)\b",
    re.IGNORECASE,
)
# Names of the world's people and its secrets, and code that a page quotes.
INVENTED = re.compile(r"\bKin-\S+|\S+@\S+|\b[ab]-[a-z]+\d?\b", re.IGNORECASE)


def english_in(text: str) -> list[str]:
    """The English words in what a page says; the names that the tests invent are left aside."""
    return sorted({word.lower() for word in ENGLISH.findall(INVENTED.sub("", text))})
