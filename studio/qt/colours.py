"""The colours of the light and the dark scheme, and what Qt is told of them."""

from dataclasses import dataclass, fields
from string import Template

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QPalette

from studio.paths import resource


@dataclass(frozen=True)
class Tokens:
    """The colours of one scheme, by what they are for."""

    window: QColor
    panel: QColor
    raised: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    accent_text: QColor
    canvas: QColor
    danger: QColor
    warning: QColor
    good: QColor


LIGHT = Tokens(
    window=QColor("#F4F5F7"),
    panel=QColor("#FFFFFF"),
    raised=QColor("#F9F9FB"),
    line=QColor("#DFE1E6"),
    text=QColor("#1C2024"),
    muted=QColor("#60646C"),
    accent=QColor("#3E63DD"),
    accent_text=QColor("#FFFFFF"),
    canvas=QColor("#E6E8EB"),
    danger=QColor("#CE2C31"),
    warning=QColor("#AB6400"),
    good=QColor("#218358"),
)
DARK = Tokens(
    window=QColor("#18191B"),
    panel=QColor("#1F2023"),
    raised=QColor("#292A2E"),
    line=QColor("#363A3F"),
    text=QColor("#EDEEF0"),
    muted=QColor("#A9ADB5"),
    accent=QColor("#6E87F2"),
    accent_text=QColor("#0E1220"),
    canvas=QColor("#101112"),
    danger=QColor("#FF9592"),
    warning=QColor("#FFCA16"),
    good=QColor("#3DD68C"),
)


def mix(base: QColor, over: QColor, share: float) -> QColor:
    """Return `base` with `share` (0..1) of `over` laid on it, opaque."""
    return QColor.fromRgbF(
        *(
            min(1.0, max(0.0, low + (high - low) * share))
            for low, high in (
                (base.redF(), over.redF()),
                (base.greenF(), over.greenF()),
                (base.blueF(), over.blueF()),
            )
        )
    )


def build_palette(colours: Tokens) -> QPalette:
    """Return every colour role in every group, disabled too."""
    role = QPalette.ColorRole
    shades = {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.panel,
        role.AlternateBase: colours.raised,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.muted,
        role.Text: colours.text,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: colours.accent_text,
        role.Light: mix(colours.raised, QColor("white"), 0.1),
        role.Midlight: colours.raised,
        role.Mid: colours.line,
        role.Dark: mix(colours.line, colours.text, 0.2),
        role.Shadow: mix(colours.line, QColor("black"), 0.6),
        role.Highlight: colours.accent,
        role.HighlightedText: colours.accent_text,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: mix(colours.accent, colours.muted, 0.5),
    }
    palette = QPalette()
    for key, colour in shades.items():
        palette.setColor(key, colour)
    faint = mix(colours.panel, colours.muted, 0.6)
    disabled = QPalette.ColorGroup.Disabled
    for key in (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.Link):
        palette.setColor(disabled, key, faint)
    palette.setColor(disabled, role.PlaceholderText, faint)
    palette.setColor(disabled, role.HighlightedText, colours.panel)
    for key in (role.Highlight, role.Accent):
        palette.setColor(disabled, key, faint)
    palette.setColor(disabled, role.Base, colours.window)
    return palette


def build_stylesheet(colours: Tokens) -> str:
    """Return the one stylesheet, `resources/style.qss`, in these colours."""
    QDir.setSearchPaths("style", [str(resource("icons/style"))])
    shades = {field.name: getattr(colours, field.name) for field in fields(colours)}
    shades |= {
        "hover": mix(colours.raised, colours.text, 0.06),
        "pressed": mix(colours.raised, colours.text, 0.12),
        "border": mix(colours.line, colours.text, 0.08),
        "field": colours.panel if colours is LIGHT else mix(colours.panel, colours.window, 0.6),
        "faint": mix(colours.panel, colours.muted, 0.6),
        "off": mix(colours.line, colours.muted, 0.35),
        "groove": mix(colours.line, colours.text, 0.06),
        "selected": mix(colours.panel, colours.accent, 0.16),
        "hovered": mix(colours.panel, colours.text, 0.05),
        "accent_hover": mix(colours.accent, colours.text, 0.12),
        "accent_pressed": mix(colours.accent, colours.text, 0.24),
        "thumb": mix(colours.panel, colours.muted, 0.4),
        "thumb_hover": mix(colours.panel, colours.muted, 0.7),
        "handle": QColor("#FFFFFF") if colours is LIGHT else QColor("#EDEEF0"),
        "handle_line": mix(colours.line, colours.text, 0.25),
        "danger_tint": mix(colours.panel, colours.danger, 0.12),
        "notice_tint": mix(colours.panel, colours.accent, 0.1),
    }
    template = Template(resource("style.qss").read_text("utf-8"))
    return template.substitute({name: shade.name() for name, shade in shades.items()})
