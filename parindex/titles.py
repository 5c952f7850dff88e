"""Titles as pages set them: in sentence case, also where the paper shouts."""

SHORT_FORMS = {"CCHC", "TTHC", "QPPL", "VBQPPL", "UBND", "HĐND", "SIPAS", "PAPI", "ISO", "HCC", "XHH"}
SHOUTING = 80


def sentence_case(title: str) -> str:
    """A title set in capitals by the paper, as a sentence; other titles stay as they are.

    What stands before a bracket is judged by itself; known short forms keep their capitals.
    """
    head, bracket, rest = title.partition("(")
    if not _shouts(head):
        return title
    text = _quiet(head) + bracket + (_quiet(rest) if _shouts(rest) else rest)
    return text[:1].upper() + text[1:]


def _shouts(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return bool(letters) and capitals * 100 >= SHOUTING * len(letters)


def _quiet(text: str) -> str:
    return " ".join(word if word.strip(",.;:()") in SHORT_FORMS else word.lower() for word in text.split(" "))
