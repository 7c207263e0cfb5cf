"""A list that is given in a form: as a file, or as rows that are pasted."""
from collections.abc import Callable
from typing import TypeVar

from flask_wtf.file import FileField
from wtforms import TextAreaField

from blueprints.language import _, lazy, sentence
from blueprints.web import Form, rules
from documents.table_limits import FileProblem

Read = TypeVar("Read")


class ListForm(Form):
    file = FileField(lazy("Fil"), description=lazy("CSV, Excel (.xlsx) eller OpenDocument (.ods)."))
    rows = TextAreaField(lazy("Eller klistra in rader"))

    def read_list(self, read: Callable[..., Read], *, most: int) -> Read | None:
        """What it is read as, of so many rows; None when it cannot be, which is said beside its
        field."""
        if not (self.file.data or self.rows.data):
            self.file.errors = [_("Välj en fil eller klistra in rader.")]
            return None
        field = self.file if self.file.data else self.rows
        data = self.file.data.read() if self.file.data else self.rows.data.encode()
        try:
            return read(data, max_rows=most, max_bytes=rules().import_bytes_max)
        except FileProblem as problem:
            field.errors = [sentence(problem)]
            return None
