"""The web. One module per noun; `web`, `language`, `formats`, `fields`, `frame`, `errors`,
`headers` and `logs` hold what they share."""
from flask import Flask

from blueprints import (
    applications,
    business_travel,
    carried,
    departments,
    desk,
    errors,
    events,
    formats,
    frame,
    headers,
    health,
    language,
    login,
    offers,
    phone,
    queue,
    reports,
    sms_reports,
    start,
    terms,
    tickets,
    today,
    traveller_imports,
    travellers,
    web,
)


def register(app: Flask) -> None:
    for shared in (headers, language, web, errors, formats, frame):
        shared.init_app(app)
    for noun in (
        start, login, terms, health, applications, desk, queue, today, departments, travellers,
        traveller_imports, tickets, business_travel, offers, reports, events, phone, carried,
        sms_reports,
    ):
        app.register_blueprint(noun.bp)
