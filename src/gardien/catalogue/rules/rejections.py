"""Why a price list, or one line of it, was not taken: a reason with its figures, and the sentence that says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gardien.base import text


class Reason(StrEnum):
    """Why. The first group refuses the whole file, the second sets one line aside."""

    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_LINES = "too_many_lines"
    UNKNOWN_ENCODING = "unknown_encoding"
    MIXED_ENCODING = "mixed_encoding"
    MISSING_COLUMNS = "missing_columns"
    COLUMN_TWICE = "column_twice"
    UNKNOWN_DEFAULT_CURRENCY = "unknown_default_currency"
    NOT_A_WORKBOOK = "not_a_workbook"
    WORKBOOK_TOO_LARGE = "workbook_too_large"
    SEVERAL_SHEETS = "several_sheets"
    MERGED_HEADER = "merged_header"

    LINE_TOO_LONG = "line_too_long"
    BROKEN_QUOTES = "broken_quotes"
    TOO_MANY_CELLS = "too_many_cells"
    UNREADABLE_TEXT = "unreadable_text"
    FIELD_TOO_LONG = "field_too_long"
    MISSING_VALUE = "missing_value"
    WRONG_EAN = "wrong_ean"
    UNREADABLE_DESIGNATION = "unreadable_designation"
    UNKNOWN_SEASON = "unknown_season"
    UNREADABLE_PRICE = "unreadable_price"
    PRICE_TOO_PRECISE = "price_too_precise"
    PRICE_NOT_POSITIVE = "price_not_positive"
    PRICE_TOO_HIGH = "price_too_high"
    UNKNOWN_CURRENCY = "unknown_currency"
    CURRENCY_CONTRADICTED = "currency_contradicted"
    CURRENCY_MISSING = "currency_missing"
    SAME_LINE_TWICE = "same_line_twice"
    LINES_DISAGREE = "lines_disagree"
    SAME_EAN_TWICE = "same_ean_twice"
    FORMULA = "formula"
    SHEET_ERROR = "sheet_error"
    MERGED_CELLS = "merged_cells"
    UNKNOWN_VALUE = "unknown_value"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DAY = "not_a_day"
    UNKNOWN_MARK = "unknown_mark"


_MESSAGES: Mapping[str, str] = {
    Reason.EMPTY_FILE: "The file is empty. Export the price list again, with its line of column names.",
    Reason.FILE_TOO_LARGE: "The file is larger than %(limit)s MB. Split it and import the parts.",
    Reason.TOO_MANY_LINES: "The file has more than %(limit)s lines. Split it and import the parts.",
    Reason.UNKNOWN_ENCODING: "The file's characters cannot be read. Save it as “CSV UTF-8” and import it again.",
    Reason.MIXED_ENCODING: "The file mixes two encodings. Save it as “CSV UTF-8” and import it again.",
    Reason.MISSING_COLUMNS: "Columns are missing: %(columns)s. Add them to the first line of the file.",
    Reason.COLUMN_TWICE: "Two columns have the meaning “%(column)s”. Rename or remove one of them.",
    Reason.UNKNOWN_DEFAULT_CURRENCY: "“%(currency)s” is not a known currency. Choose one of: %(known)s.",
    Reason.NOT_A_WORKBOOK: "This workbook cannot be read. Save it as XLSX without a password, or as “CSV UTF-8”.",
    Reason.WORKBOOK_TOO_LARGE: "The workbook is too large once unpacked, or its cells lie too far apart. Copy the price"
    " list into a new workbook and import that one.",
    Reason.SEVERAL_SHEETS: "Several sheets of the workbook hold something: %(sheets)s. Keep the price list's only.",
    Reason.MERGED_HEADER: "The line of column names holds merged cells. Unmerge them and name each column once.",
    Reason.LINE_TOO_LONG: "The line is longer than %(limit)s characters. Shorten it.",
    Reason.BROKEN_QUOTES: "A quotation mark stands in the wrong place. Correct the line's quotation marks.",
    Reason.TOO_MANY_CELLS: "%(found)s cells for %(expected)s columns. Quote the text that holds a separator.",
    Reason.UNREADABLE_TEXT: "The column “%(column)s” holds invisible characters or piled accents. Type the text again.",
    Reason.FIELD_TOO_LONG: "The column “%(column)s” holds more than %(limit)s characters. Shorten the text.",
    Reason.MISSING_VALUE: "The column “%(column)s” is empty. Fill it in.",
    Reason.WRONG_EAN: "“%(ean)s” is not an EAN: its digits do not fit together. Copy it again.",
    Reason.UNREADABLE_DESIGNATION: "“%(designation)s” is not a tyre designation. Write it like 205/55 R16 91V.",
    Reason.UNKNOWN_SEASON: "“%(season)s” is not a season. Write summer, winter or all season, or leave it empty.",
    Reason.UNREADABLE_PRICE: "“%(price)s” is not a price. Write it like 1234.56 or 1 234,56 €.",
    Reason.PRICE_TOO_PRECISE: "“%(price)s” has more than two decimals. Write it like 1234.56.",
    Reason.PRICE_NOT_POSITIVE: "The price “%(price)s” is not above zero. Correct it.",
    Reason.PRICE_TOO_HIGH: "The price “%(price)s” is above %(limit)s. Correct it.",
    Reason.UNKNOWN_CURRENCY: "“%(currency)s” is not a known currency. Write one of: %(known)s.",
    Reason.CURRENCY_CONTRADICTED: "The currency is %(expected)s and also %(found)s. Correct the line or --currency.",
    Reason.CURRENCY_MISSING: "The price has no currency. Import the file again with --currency, for example EUR.",
    Reason.SAME_LINE_TWICE: "The line repeats line %(other)s. Remove one of them.",
    Reason.LINES_DISAGREE: "Line %(other)s has the same reference and other values. Correct or remove one of them.",
    Reason.SAME_EAN_TWICE: "Line %(other)s has the same EAN under another reference. Correct or remove one of them.",
    Reason.FORMULA: "The column “%(column)s” holds a formula. Replace it by its value.",
    Reason.SHEET_ERROR: "The column “%(column)s” shows an error of the spreadsheet. Type the value.",
    Reason.MERGED_CELLS: "The column “%(column)s” holds merged cells. Unmerge them and fill in each one.",
    Reason.UNKNOWN_VALUE: "“%(value)s” is not known in the column “%(column)s”. Write one of: %(known)s.",
    Reason.NOT_A_NUMBER: "“%(value)s” in the column “%(column)s” is not a whole number from %(least)s to %(most)s.",
    Reason.NOT_A_DAY: "“%(value)s” is not a day. Write it like 2026-03-31 or 31/03/2026.",
    Reason.UNKNOWN_MARK: "“%(value)s” is not a car maker's mark. Write marks such as J, LR1 or MO, blanks between.",
}


class LineRefused(text.Refused):
    """Something of a line cannot be taken; the reader makes a `Rejected` of it. `code` is a `Reason`."""

    messages = _MESSAGES


class UnreadableList(text.Refused):
    """The file as a whole cannot be read as a price list; `code` is a `Reason`."""

    messages = _MESSAGES


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line set aside: its number in the file (the first line is 1) and why.

    `msgid` is the English sentence, to be translated by gettext and then filled with `params`. `values` are the cells
    by field as they were read, to be mended; where cells could not be told apart they are empty and `text` is the line.
    """

    line: int
    reason: Reason
    params: Mapping[str, object]
    values: Mapping[str, str] = field(default_factory=dict, compare=False)
    text: str = field(default="", compare=False)

    @property
    def msgid(self) -> str:
        """The English sentence, with `%(name)s` places for `params`."""
        return _MESSAGES[self.reason]
