"""The weekly denial report on paper: one PDF, made to be read in a meeting."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from core import clock
from core.ui import formats
from rcm.kpi.queries.kpis import Measured
from rcm.kpi.queries.weekly import DenialShare, WeeklyReport

_LINE = colors.HexColor("#d5dae1")
_QUIET = colors.HexColor("#566170")
_SHEET = getSampleStyleSheet()
# The page's typefaces are not embedded: room for a reader that puts wider ones in their place.
_TEXT = ParagraphStyle(
    "text", parent=_SHEET["BodyText"], fontSize=9, leading=12, rightIndent=0.9 * inch
)
_CELL = ParagraphStyle("cell", parent=_TEXT, rightIndent=0)
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=8, leading=10.5, textColor=_QUIET)
_TITLE = ParagraphStyle("title", parent=_SHEET["Title"], fontSize=18, alignment=0, spaceAfter=2)
_HEAD = ParagraphStyle("head", parent=_SHEET["Heading2"], fontSize=12, spaceBefore=14)
_WIDTHS = [3.6 * inch, 0.9 * inch, 1.25 * inch, 1.25 * inch]


def report_pdf(report: WeeklyReport, kpis: Sequence[Measured]) -> bytes:
    """The report as the bytes of a PDF, US letter. No patient is named on it."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=letter,
        title=f"Denials {report.week.key}",
        author="Firstpass",
        leftMargin=0.75 * inch,
        rightMargin=0.75 * inch,
        topMargin=0.7 * inch,
        bottomMargin=0.7 * inch,
    )
    story: list[Flowable] = [
        Paragraph(f"Denials of {escape(str(report.week))}", _TITLE),
        Paragraph(
            f"{report.week.key} · {formats.usd(report.total.dollars)} denied in "
            f"{formats.counted(report.total.cases, 'case')}, "
            f"{formats.usd(report.total.recovered)} of it recovered since",
            _TEXT,
        ),
        *_reasons(report),
        *_shares("By payer", "Payer", report.payers),
        *_shares("By provider", "Provider", report.providers),
        *_shares("By root cause", "Root cause", report.causes),
        *_shares("Eight weeks", "Week", [share for _, share in report.trend]),
        *_figures(kpis),
    ]
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Canvas, document: BaseDocTemplate) -> None:
    """Whose report it is, of which day, and which page of it."""
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(_QUIET)
    canvas.drawString(0.75 * inch, 0.45 * inch, f"Firstpass · as of {formats.day(clock.today())}")
    canvas.drawRightString(letter[0] - 0.75 * inch, 0.45 * inch, f"Page {document.page}")
    canvas.restoreState()


def _reasons(report: WeeklyReport) -> list[Flowable]:
    parts: list[Flowable] = [Paragraph("Top three reasons", _HEAD)]
    if not report.reasons:
        return [*parts, Paragraph("No denial in this week.", _TEXT)]
    for place, one in enumerate(report.reasons, start=1):
        parts += [
            Paragraph(
                f"<b>{place}. {escape(one.title)}</b> ({escape(one.code)}): "
                f"{formats.usd(one.share.dollars)}, {formats.counted(one.share.cases, 'case')}",
                _TEXT,
            ),
            Paragraph(escape(f"{one.meaning} First step: {one.first_step}"), _SMALL),
            Spacer(1, 4),
        ]
    return parts


def _shares(title: str, head: str, shares: Sequence[DenialShare]) -> list[Flowable]:
    if not shares:
        return []
    rows: list[list[str | Paragraph]] = [[head, "Cases", "Denied", "Recovered"]]
    rows += [
        [
            Paragraph(escape(share.label), _CELL),
            formats.count(share.cases),
            formats.usd(share.dollars),
            formats.usd(share.recovered),
        ]
        for share in shares
    ]
    return [KeepTogether([Paragraph(title, _HEAD), _table(rows, _WIDTHS)])]


def _figures(kpis: Sequence[Measured]) -> list[Flowable]:
    rows: list[list[str | Paragraph]] = [["Figure", "Value", "Numerator", "Denominator"]]
    rows += [
        [
            Paragraph(escape(one.definition.name), _CELL),
            one.shown,
            one.numerator_shown,
            one.denominator_shown,
        ]
        for one in kpis
    ]
    return [KeepTogether([Paragraph("Key figures of the week", _HEAD), _table(rows, _WIDTHS)])]


def _table(rows: list[list[str | Paragraph]], widths: list[float]) -> Table:
    style = TableStyle(
        [
            ("FONTSIZE", (0, 0), (-1, -1), 9),
            ("TEXTCOLOR", (0, 0), (-1, 0), _QUIET),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return Table(rows, colWidths=widths, style=style, repeatRows=1, hAlign="LEFT")
