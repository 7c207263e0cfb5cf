"""The web. One module per noun; `web`, `guard`, `language`, `formats`, `fields`, `frame`, `errors`,
`headers` and `logs` hold what they share."""
from flask import Flask

from blueprints import (
    administrators,
    application_status,
    applications,
    business_travel,
    carried,
    departments,
    deputies,
    desk,
    errors,
    event_log,
    formats,
    frame,
    guard,
    hats,
    headers,
    health,
    import_columns,
    import_mending,
    invitations,
    join_requests,
    language,
    login,
    offers,
    phone,
    queue,
    reports,
    scim,
    scim_tokens,
    sent_tickets,
    settings,
    sms_reports,
    start,
    terms,
    tickets,
    today,
    traveller_bulk,
    traveller_imports,
    travellers,
    trials,
    web,
    welcomes,
)


def register(app: Flask) -> None:
    for shared in (headers, language, web, guard, errors, formats, frame):
        shared.init_app(app)
    for noun in (
        start, login, terms, health, applications, application_status, join_requests, desk, queue,
        today, departments, travellers, traveller_bulk, traveller_imports, import_columns,
        import_mending, tickets, sent_tickets, business_travel, offers, reports, event_log, phone,
        carried, sms_reports, settings, administrators, invitations, deputies, hats, trials, scim,
        scim_tokens, welcomes,
    ):
        app.register_blueprint(noun.bp)
