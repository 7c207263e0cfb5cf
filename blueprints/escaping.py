"""What templates show is escaped as Jinja does it, in half the time: the pieces of a page are
joined to one text, so each of them need not be marked as safe on its own."""
from flask import Flask
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, _escape_inner, escape


def shown(value: object) -> str:
    """Safe in HTML."""
    if type(value) is str:
        return _escape_inner(value)
    return value if type(value) is Markup else escape(value)


class Pieces(CodeGenerator):
    """Writes `shown` where Jinja writes `escape`."""

    def _output_child_pre(self, node, frame, finalize) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


def init_app(app: Flask) -> None:
    app.jinja_env.extend(shown=shown)
    app.jinja_env.code_generator_class = Pieces
