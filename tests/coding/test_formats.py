from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from coding.enums import NoteKind
from coding.formats import edits, icd10cm, procedures
from coding.formats.base import FormatError, plain


def written(folder: Path, text: str, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def order_line(number: int, code: str, flag: str, title: str) -> str:
    return f"{number:05d} {code:<7} {flag} {title[:60]:<60} {title}\n"


def test_order_file_gives_headings_and_billable_codes(tmp_path):
    text = order_line(1, "J02", "0", "Acute pharyngitis") + order_line(
        2, "J029", "1", "Acute pharyngitis, unspecified"
    )
    rows = list(icd10cm.read_codes(written(tmp_path, text)))
    assert [(row.code, row.billable, row.description, row.line) for row in rows] == [
        ("J02", False, "Acute pharyngitis", 1),
        ("J02.9", True, "Acute pharyngitis, unspecified", 2),
    ]
    assert rows[0].valid_from is None


def test_order_file_may_be_gzipped_and_have_a_bom(tmp_path):
    path = tmp_path / "order.txt.gz"
    path.write_bytes(gzip.compress(("\ufeff" + order_line(1, "A000", "1", "Cholera")).encode()))
    assert [row.code for row in icd10cm.read_codes(path)] == ["A00.0"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (order_line(1, "J029", "1", "x") + order_line(2, "J0_", "1", "y"), 2, "columns 7-13"),
        (order_line(1, "J029", "1", "x") + order_line(2, "J028", "2", "y"), 2, "column 15"),
        (order_line(1, "J029", "1", ""), 1, "no title"),
        ("J029    Acute pharyngitis, unspecified\n", 1, "load the order file"),
        ("hello\n", 1, "neither an ICD-10-CM order file"),
        ("code\tvalid_from\tdescription\n", 1, "the header lacks valid_to"),
        (
            "code\tvalid_from\tvalid_to\tdescription\nJ02.9\t2015x\t\tAcute\n",
            2,
            "'2015x' is not a date",
        ),
        ("code\tvalid_from\tvalid_to\tdescription\nJ02.9\t20151001\n", 2, "2 columns"),
        ("", 0, "empty"),
    ],
)
def test_bad_icd_file_is_refused_with_its_line(tmp_path, text, line, words):
    with pytest.raises(FormatError, match=".") as caught:
        list(icd10cm.read_codes(written(tmp_path, text)))
    assert caught.value.line == line
    assert words in caught.value.reason


def test_cut_gzip_file_is_refused(tmp_path):
    path = tmp_path / "order.txt.gz"
    path.write_bytes(gzip.compress(b"00001 J029    1 x" * 90)[:-20])
    with pytest.raises(FormatError, match="damaged or cut short"):
        list(icd10cm.read_codes(path))


def test_excel_file_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "mue.xlsx"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(FormatError, match="save the sheet as CSV"):
        list(edits.read_mue(path))


def test_list_with_dates_keeps_tabs_of_a_title_as_spaces(tmp_path):
    header = "code\tvalid_from\tvalid_to\tmce_edits_current\tdescription\n"
    row = "H35.3113\t20161001\t20260930\tadult\tStage/\tadvanced dry\n"
    [code] = icd10cm.read_codes(written(tmp_path, header + row))
    assert code.description == "Stage/ advanced dry"
    assert (code.valid_from, code.valid_to) == (date(2016, 10, 1), date(2026, 9, 30))
    assert code.attributes == {"edits": ["adult"]}


def test_notes_give_their_references(tmp_path):
    text = (
        '{"code": "J02", "incl": ["acute sore throat"], "ex1": ["peritonsillar abscess (J36)"]}\n'
        '{"code": "I10", "ex1": ["complicating pregnancy (O10-O11, O13.-)"]}\n'
    )
    rows = list(icd10cm.read_notes(written(tmp_path, text)))
    assert [(row.code, row.kind, row.references) for row in rows] == [
        ("J02", NoteKind.INCLUSION, ()),
        ("J02", NoteKind.EXCLUDES1, ("J36",)),
        ("I10", NoteKind.EXCLUDES1, ("O10-O11", "O13.-")),
    ]


def test_notes_that_are_no_json_are_refused(tmp_path):
    with pytest.raises(FormatError, match="line 2: not a JSON object"):
        list(icd10cm.read_notes(written(tmp_path, '{"code": "J02"}\nnope\n')))


def test_ptp_file_of_cms_has_its_own_dates(tmp_path):
    text = (
        "CPT codes and descriptors are copyright\r\n"
        "Column1/Column2 Edits\r\n"
        "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tRationale\r\n"
        "17110\t99213\t\t20130701\t*\t1\tStandards of medical practice\r\n"
        "17110\t99214\t\t20130701\t20260331\t0\tMore extensive procedure\r\n"
    )
    rows = list(edits.read_ptp(written(tmp_path, text)))
    assert [(row.values, row.valid_from, row.valid_to, row.line) for row in rows] == [
        (
            ("17110", "99213", "1", "Standards of medical practice"),
            date(2013, 7, 1),
            None,
            4,
        ),
        (
            ("17110", "99214", "0", "More extensive procedure"),
            date(2013, 7, 1),
            date(2026, 3, 31),
            5,
        ),
    ]


def test_ptp_list_without_dates(tmp_path):
    text = "column1,column2,modifier_indicator,rationale\n17110,99213,1,Standards\n"
    [row] = edits.read_ptp(written(tmp_path, text))
    assert row.values == ("17110", "99213", "1", "Standards")
    assert row.valid_from is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("17110,99213,7,x\n", 1, "not 0, 1 or 9"),
        ("17110,99213,1,x\nrest of a broken file\n", 2, "does not begin with a pair"),
        ("nothing here\n", 0, "no pair of codes"),
    ],
)
def test_bad_ptp_file_is_refused_with_its_line(tmp_path, text, line, words):
    with pytest.raises(FormatError) as caught:
        list(edits.read_ptp(written(tmp_path, text)))
    assert (caught.value.line, words in caught.value.reason) == (line, True)


def test_mue_file_of_cms_after_its_preamble(tmp_path):
    text = (
        '"Current Procedural Terminology (CPT) codes are copyright",,,\n'
        '"HCPCS/\nCPT Code","Practitioner Services MUE Values",'
        '"MUE Adjudication Indicator","MUE Rationale"\n'
        '87880,2,"3 Date of Service Edit: Clinical","Clinical: Data"\n'
    )
    [row] = edits.read_mue(written(tmp_path, text))
    assert row.values == ("87880", "2", "3", "Clinical: Data")


def test_rvu_file_of_cms_by_its_columns(tmp_path):
    text = (
        "2026 National Physician Fee Schedule,,,\n"
        "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,IND,PE RVU,IND,RVU,TOTAL,TOTAL,IND,DAYS,"
        "OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR\n"
        "20610,,words,A,,0.79,1.04,,0.44,,0.13,1.96,1.36,0,000,0.00,0.00,0.00,2,1,1,0,0,,33.4009\n"
    )
    [row] = edits.read_rvu(written(tmp_path, text))
    assert row.values == (
        "20610",
        "",
        "A",
        Decimal("0.79"),
        Decimal("1.04"),
        Decimal("0.44"),
        Decimal("0.13"),
        "0",
        "000",
        "2",
        "1",
        "1",
    )


def test_rvu_that_is_no_number_is_refused(tmp_path):
    text = (
        "hcpcs,mod,status,work_rvu,nonfac_pe,fac_pe,mp_rvu,a,b,pctc,global,c,d,e,mult,bilat,asst\n"
    )
    row = "20610,,A,0.79,many,0.44,0.13,1,1,0,000,0,0,0,2,1,1\n"
    with pytest.raises(FormatError, match="line 2: nonfac_pe: 'many' is not a number"):
        list(edits.read_rvu(written(tmp_path, text + row)))


def hcpcs_line(code: str, record: str, text: str, added: str = "", ended: str = "") -> str:
    line = f"{code:<5}00100{record}{text:<80}{'short':<28}"
    return f"{line:<268}{added:<8}{'':<8}{ended:<8}N".ljust(320) + "\n"


def test_hcpcs_fixed_width_joins_its_lines_and_leaves_modifiers_out(tmp_path):
    text = (
        hcpcs_line("J1885", "3", "Injection, ketorolac tromethamine,", "20030101")
        + hcpcs_line("J1885", "4", "per 15 mg")
        + hcpcs_line("J1030", "3", "Injection of something old", "19900101", "20240331")
        + hcpcs_line("   QW", "7", "CLIA waived test", "19970101")
    )
    rows = list(procedures.read_hcpcs(written(tmp_path, text)))
    assert [(row.code, row.description, row.valid_from, row.valid_to) for row in rows] == [
        ("J1885", "Injection, ketorolac tromethamine, per 15 mg", date(2003, 1, 1), None),
        ("J1030", "Injection of something old", date(1990, 1, 1), date(2024, 3, 31)),
    ]


def test_cpt_text_file_of_a_licensed_user(tmp_path):
    text = "Copyright\n\n99213\tThe licensed words\n0591T  Other licensed words\n"
    rows = [(row.code, row.description) for row in procedures.read_cpt(written(tmp_path, text))]
    assert rows == [("99213", "The licensed words"), ("0591T", "Other licensed words")]


def test_code_table_names_the_row_without_words(tmp_path):
    with pytest.raises(FormatError, match="line 3: RT has no words"):
        list(procedures.read_code_table(written(tmp_path, "code,words\n25,Separate\nRT,\n")))


def test_accents_fall_for_searching():
    assert plain("Ménière's disease") == "Meniere's disease"
