"""Tool tips with text from files: names and reasons that nobody vouches for."""

import html


def plain_tip(text: str) -> str:
    """Return a tool tip that shows the text as it is, also where Qt would take it for markup."""
    if "<" not in text:
        return text
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>"
