"""Charts of a row of days or hours as SVG, made on the server: each bar leads to what it counts.

Colours and fonts are the style sheet's: the page's policy allows none in the picture.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH: Final = 720
HEIGHT: Final = 130
_LEFT: Final = 60
_BOTTOM: Final = 18
_TOP: Final = 8
_STEPS: Final = (1, 2, 2.5, 5, 10)


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

    drawn: list[Markup] = [
        Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            _LEFT, WIDTH, y(at), y(at)
        )
        + Markup('<text class="scale" x="{}" y="{}">{}</text>').format(
            _LEFT - 5, y(at) + 4, write(at)
        )
        for at in (0, top / 2, top)
    ]
    for number, bar in enumerate(bars):
        x = round(_LEFT + step * (number + 0.5) - width / 2, 2)
        parts = Markup("<title>{}: {}</title>").format(bar.label, bar.told)
        parts += Markup('<rect class="reach" x="{}" y="{}" width="{}" height="{}"/>').format(
            round(_LEFT + step * number, 2), _TOP, round(step, 2), HEIGHT - _TOP - _BOTTOM
        )
        if bar.value is not None:
            parts += Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>').format(
                x, y(bar.value), round(width, 2), round(y(0) - y(bar.value), 2)
            )
        drawn.append(Markup('<a href="{}" tabindex="-1">{}</a>').format(bar.to, parts))
    drawn += _labels(bars, step)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup("").join(drawn))


def _labels(bars: Sequence[Bar], step: float) -> Iterable[Markup]:
    every = max(1, -(-len(bars) // 8))
    for number in range(0, len(bars), every):
        x = round(_LEFT + step * (number + 0.5), 2)
        yield Markup('<text class="place" x="{}" y="{}">{}</text>').format(
            x, HEIGHT - 4, bars[number].label
        )


def _top(value: float) -> float:
    """Return the least round number that is not below the value."""
    if value <= 0:
        return 1
    size = 10.0 ** (len(str(int(value))) - 1 if value >= 1 else -2)
    return next(step * size for step in (*_STEPS, 100, 1_000) if step * size >= value)
