"""The comparison as a picture: stacked bars of wall time, bars of peak memory, in plain SVG.

Colours follow the reader's choice of a light or a dark page.
"""

from harness.report import LABELS, TITLES, memory, seconds

WIDTH, LEFT, RIGHT, BAR, STEP = 760, 100, 110, 22, 34
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; }
  .raw { fill: #8c959f; } .silver { fill: #218bff; } .gold { fill: #d4a72c; }
  .warehouse { fill: #2da44e; } .start { fill: #8c959f55; } .memory { fill: #a475f9; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
  }
"""


def comparison(found):
    """The plot of a comparison."""
    systems = found["systems"]
    parts = [
        *section("Wall time, by stage", 20, systems, "wall", seconds, stacked=True),
        *legend(48 + STEP * len(systems)),
        *section("Peak memory", 90 + STEP * len(systems), systems, "peak", memory, stacked=False),
    ]
    height = 120 + 2 * STEP * len(systems)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Wall time and peak memory of each system">\n<style>{STYLE}</style>\n'
        + "\n".join(parts) + "\n</svg>\n")


def section(title, top, systems, figure, words, stacked):
    """A bar a system, as long as its figure for the whole."""
    longest = max(stages["whole"][figure] for stages in systems.values())
    scale = (WIDTH - LEFT - RIGHT) / longest
    yield f'<text class="title" x="0" y="{top}">{title}</text>'
    for number, (name, stages) in enumerate(systems.items()):
        y = top + 12 + number * STEP
        x = LEFT
        yield f'<text x="0" y="{y + 16}">{TITLES.get(name, name)}</text>'
        parts = bars(stages, figure) if stacked else [("memory", stages["whole"][figure])]
        for kind, value in parts:
            width = value * scale
            yield (f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" '
                   f'height="{BAR}"><title>{LABELS.get(kind, kind)}: {words(value)}</title></rect>')
            x += width
        yield (f'<text class="quiet" x="{x + 8:.1f}" y="{y + 16}">'
               f'{words(stages["whole"][figure])}</text>')


def bars(stages, figure):
    """The stages one after the other, and at the end what the process took besides: its start."""
    parts = [(stage, stages[stage][figure]) for stage in LABELS if stage != "whole"]
    start = stages["whole"][figure] - sum(value for _, value in parts)
    return parts + [("start", max(start, 0))]


def legend(y):
    x = LEFT
    for stage, label in LABELS.items():
        if stage != "whole":
            yield f'<rect class="{stage}" x="{x}" y="{y - 10}" width="11" height="11"/>'
            yield f'<text class="quiet" x="{x + 17}" y="{y}">{label}</text>'
            x += 40 + 8 * len(label)
