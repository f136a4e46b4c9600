"""The one table, and the same for machines."""
import json
import statistics


def middle(figures):
    return statistics.median(figures) if figures else None


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def spread(figures):
    if not figures:
        return "-"
    return f"{number(middle(figures))} ({number(min(figures))}..{number(max(figures))})"


def judged(row):
    """Median of each side, the ratio, and whether the goal is met; none when it could not be judged."""
    medians = {side: middle(figures) for side, figures in row.figures.items()}
    if medians["ours"] is None:
        return medians, None
    return medians, row.reach(medians)


def lines(rows):
    yield "| | ours | theirs | floor | ratio | goal | |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        medians, verdict = judged(row)
        ratio, met = "-", "" if row.note else "not measured"
        if verdict:
            figure, _, reached = verdict
            ratio = f"{number(figure)}x" if "x" in row.goal else "-"
            met = "met" if reached else "**missed**"
        note = ("; " if met else "") + row.note if row.note else ""
        yield (f"| {row.title}, {row.unit} | {spread(row.figures['ours'])} | {spread(row.figures['theirs'])} "
               f"| {spread(row.figures['floor'])} | {ratio} | {row.goal} | {met}{note} |")


def as_json(rows, about):
    out = []
    for row in rows:
        medians, verdict = judged(row)
        out.append({"key": row.key, "title": row.title, "unit": row.unit, "goal": row.goal, "figures": row.figures,
                    "median": medians, "met": verdict[2] if verdict else None, "ratio": verdict[0] if verdict else None,
                    "note": row.note})
    return json.dumps({"about": about, "rows": out}, indent=1)
