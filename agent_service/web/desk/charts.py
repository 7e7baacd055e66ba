"""Charts of a row of days or hours as SVG, made on the server: each bar leads to what it counts.

Colours and fonts are the style sheet's: the page's policy allows none in the picture.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 720
HEIGHT: Final = 130
_LEFT: Final = 60
_BOTTOM: Final = 18
_TOP: Final = 8
_STEPS: Final = (1, 2, 4, 6, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One place of the row."""

    label: str
    value: float | None
    """Nothing is drawn of what is not known."""
    told: str
    """The value as it is read, with its unit."""
    to: str
    """The address behind it."""


def chart(
    title: str, bars: Sequence[Bar], write: Callable[[float], str], most: float | None = None
) -> Markup:
    """Return the picture; ``write`` writes its scale, ``most`` is the top of it where known."""
    values = [bar.value for bar in bars if bar.value is not None]
    top = most if most is not None else _top(max(values, default=0))
    inner = WIDTH - _LEFT
    step = inner / max(len(bars), 1)
    width = max(min(step * 0.8, 28), 0.5)

    def y(value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - min(value / top, 1)), 2)

    drawn = [
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH}" y1="{y(at)}" y2="{y(at)}"/>'
        f'<text class="scale" x="{_LEFT - 5}" y="{y(at) + 4}">{escape(write(at))}</text>'
        for at in (0, top / 2, top)
    ]
    for number, bar in enumerate(bars):
        x, left = round(_LEFT + step * (number + 0.5) - width / 2, 2), _LEFT + step * number
        bar_drawn = ""
        if bar.value is not None:
            height = round(y(0) - y(bar.value), 2)
            bar_drawn = _rect("bar", x, y(bar.value), round(width, 2), height)
        drawn.append(
            f'<a href="{escape(bar.to)}" tabindex="-1">'
            f"<title>{escape(bar.label)}: {escape(bar.told)}</title>"
            f"{_rect('reach', round(left, 2), _TOP, round(step, 2), HEIGHT - _TOP - _BOTTOM)}"
            f"{bar_drawn}</a>"
        )
    drawn += _labels(bars, step)
    # A chart of a year has thousands of these: each is put together as text, all in it escaped.
    return Markup(  # noqa: S704
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="group"'
        f' aria-label="{escape(title)}">{"".join(drawn)}</svg>'
    )


def _rect(name: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{name}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _labels(bars: Sequence[Bar], step: float) -> Iterable[str]:
    every = max(1, -(-len(bars) // 8))
    for number in range(0, len(bars), every):
        x = round(_LEFT + step * (number + 0.5), 2)
        label = escape(bars[number].label)
        yield f'<text class="place" x="{x}" y="{HEIGHT - 4}">{label}</text>'


def _top(value: float) -> float:
    """Return the least round number that is not below the value; of a count, one to be halved."""
    if value <= 0:
        return 2
    size = 10.0 ** (len(str(int(value))) - 1 if value >= 1 else -2)
    top = next(step * size for step in (*_STEPS, 100) if step * size >= value)
    return max(top, 2) if value >= 1 else top
