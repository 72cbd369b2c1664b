"""Plots as SVG, small enough to be read as text."""

import math
from xml.sax.saxutils import escape

COLOURS = {"dovecot-tuned": "#b0b0b0", "dovecot-shared": "#808080", "dovecot-default": "#d4d4d4", "greenmail": "#a6cf8c", "canned": "#f0e0a0",
           "pop3kit-17": "#9ecae1", "pop3kit-25": "#2171b5", "pop3kit-25-conscrypt": "#08306b", "pop3kit-25-remembers": "#6a51a3"}
OTHERS = ["#2171b5", "#e6550d", "#31a354", "#756bb1"]


def ratios(title, groups):
    """Bars on a logarithmic scale, a group for each workload: (name, [(server, ratio)], goal or None)."""
    left, width, height, gap = 150, 520, 11, 9
    most = max((ratio for _, bars, _ in groups for _, ratio in bars), default=1)
    least = min([0.5, *(ratio for _, bars, _ in groups for _, ratio in bars)])

    def x(ratio):
        return left + width * math.log(ratio / least) / math.log(max(most, 2) / least)

    body, y = [], 40
    for name, bars, goal in groups:
        top = y
        body.append(f'<text x="{left - 8}" y="{y + height}" text-anchor="end">{escape(name)}</text>')
        for server, ratio in bars:
            body.append(f'<rect x="{left}" y="{y}" width="{max(x(ratio) - left, 1):.0f}" height="{height - 1}" fill="{COLOURS.get(server, "#cc6677")}"/>'
                        f'<text x="{x(ratio) + 4:.0f}" y="{y + height - 2}" class="small">{escape(server)} {ratio:.2f}</text>')
            y += height
        if goal:
            body.append(f'<line x1="{x(goal):.0f}" x2="{x(goal):.0f}" y1="{top - 2}" y2="{y + 1}" stroke="#d62728" stroke-width="2"/>')
        y += gap
    body.append(f'<line x1="{x(1):.0f}" x2="{x(1):.0f}" y1="34" y2="{y}" stroke="#333" stroke-dasharray="3 3"/>')
    return page(title + "; red: the goal", left + width + 190, y + 10, body)


def growth(title, x_title, y_title, lines):
    """Lines over two logarithmic axes: {name: [(x, y)]}."""
    left, top, width, height = 70, 40, 420, 260
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    high = max(high, low + 1)
    first, last = math.log10(min(xs)), max(math.log10(max(xs)), math.log10(min(xs)) + 1)

    def at(x, y):
        return (left + width * (math.log10(x) - first) / (last - first), top + height * (1 - (math.log10(y) - low) / (high - low)))

    body = [f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#999"/>']
    for power in range(low, high + 1):
        _, y = at(min(xs), 10 ** power)
        body.append(f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}" stroke="#eee"/>'
                    f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end" class="small">{10.0 ** power:g}</text>')
    for x in sorted(set(xs)):
        body.append(f'<text x="{at(x, 10 ** low)[0]:.0f}" y="{top + height + 14}" text-anchor="middle" class="small">{x:,}</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = OTHERS[number % len(OTHERS)]
        dash = ' stroke-dasharray="4 3"' if number >= len(OTHERS) else ""
        places = [at(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        body.append(f'<text x="{left + width + 8}" y="{top + 14 + 15 * number}" fill="{colour}">{escape(name)}{" (dashed)" if dash else ""}</text>')
    body.append(f'<text x="{left + width / 2}" y="{top + height + 32}" text-anchor="middle">{escape(x_title)}</text>')
    body.append(f'<text x="{left}" y="{top - 6}" class="small">{escape(y_title)}</text>')
    return page(title, left + width + 200, top + height + 42, body)


def page(title, width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            "<style>text{font:12px sans-serif}.small{font-size:10px}</style>"
            f'<rect width="{width}" height="{height}" fill="white"/><text x="10" y="18" style="font-weight:bold">{escape(title)}</text>\n'
            + "\n".join(body) + "\n</svg>\n")
