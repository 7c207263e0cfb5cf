"""Every address × every role × another company's ids: nothing of theirs is seen or touched."""
import re

import pytest
from sqlalchemy import select

from domain.access import RIGHTS, Right, Role
from domain.audit import Event
from domain.months import Month
from tests.web import village

OCTOBER = Month(2026, 10)


def test_every_view_says_who_may_see_it(app):
    silent = [name for name, view in app.view_functions.items()
              if name != "static" and not hasattr(view, "right")]
    assert silent == []


@pytest.fixture
def ours(make):
    return village.build(make, "Egensson", month=OCTOBER)


@pytest.fixture
def theirs(make):
    return village.build(make, "Hemligsson", month=Month(2026, 9))


def addresses(app, ids):
    """Each rule's endpoint, method and address, with these ids in it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        given = {name: ids.get(name, "something") for name in rule.arguments}
        path = rule.rule
        for name, value in given.items():
            path = re.sub(rf"<([^<>]*:)?{name}>", str(value), path)
        for method in rule.methods & {"GET", "POST"}:
            yield rule, method, path


def view(app, rule):
    return app.view_functions[rule.endpoint]


def test_a_stranger_sees_only_what_is_public(app, browser, ours):
    for rule, method, path in addresses(app, ours.ids):
        answer = browser._open(method, path)
        assert answer.status < 500, path
        if view(app, rule).right is not None:
            assert answer.status == 303, path
            assert answer.location.partition("?")[0] == door(view(app, rule).right), path


def door(right):
    """Where one logs in to have the right."""
    return "/mina-sidor/logga-in" if right == Right.KEEP_ACCOUNT else "/logga-in"


@pytest.mark.parametrize("role", Role)
def test_a_role_that_lacks_the_right_is_refused(app, browser, make, ours, role):
    browser.log_in(village.roles(ours, make.clerk(), make.inspector())[role])
    for rule, method, path in addresses(app, ours.ids):
        right = view(app, rule).right
        if right in (None, *RIGHTS[role]):
            continue
        answer = browser._open(method, path)
        if (role == Role.CUSTOMER) != (right == Right.KEEP_ACCOUNT):
            assert answer.status == 303, path
            assert answer.location.partition("?")[0] == door(right), path
        elif right != Right.BE_SIGNED_IN:
            assert answer.status == 403, path


def hidden(app, browser, db, ids, rights, name):
    """Asks for everything by these ids: all is 404 or 403, the name is in no answer, and nothing
    is written. Says how many addresses with an id of theirs were asked for."""
    db.rollback()
    events = len(db.scalars(select(Event.seq)).all())
    asked = 0
    for rule, method, path in addresses(app, ids):
        if view(app, rule).right not in rights:
            continue
        theirs = rule.arguments & (ids.keys() - {"kind"})
        if not theirs and (rule.arguments or method == "POST"):
            continue
        answer = browser._open(method, path)
        asked += bool(theirs)
        assert answer.status in ((403, 404) if theirs else (200, 303)), (method, path)
        assert name not in answer.response.text, path
    db.rollback()
    assert len(db.scalars(select(Event.seq)).all()) == events
    return asked


@pytest.mark.parametrize("role", [Role.COMPANY_ADMIN, Role.DEPARTMENT_ADMIN, Role.TRAVELLER,
                                  Role.CUSTOMER])
def test_another_companys_thing_is_not_found_and_not_changed(app, browser, make, ours, theirs, db,
                                                             role):
    browser.log_in(village.roles(ours, make.clerk(), make.inspector())[role])
    assert hidden(app, browser, db, theirs.ids, RIGHTS[role], "Hemligsson") > 2


def test_another_departments_thing_is_not_found_and_not_changed(app, browser, make, ours, db):
    _, _, ids = village.furnished(make, ours.company, "Grannsson", month=OCTOBER)
    browser.log_in(ours.department_admin)
    rights = RIGHTS[Role.DEPARTMENT_ADMIN]
    assert hidden(app, browser, db, ids, rights, "Grannsson") > 10
    browser.log_in(ours.admin)
    assert "Grannsson" in browser.get("/foretag/resenarer/").said


@pytest.mark.parametrize("role", [Role.COMPANY_ADMIN, Role.DEPARTMENT_ADMIN])
@pytest.mark.parametrize("path", [
    "/foretag/resenarer/?q=", "/foretag/skicka-biljett/resenarer?search=",
    "/foretag/tjansteresor/?q=", "/foretag/handelser/?namn="])
def test_a_search_finds_only_ones_own(browser, make, ours, theirs, role, path):
    village.furnished(make, ours.company, "Grannsson", month=OCTOBER)
    browser.log_in(village.roles(ours, make.clerk(), make.inspector())[role])
    assert "Rut Hemligsson" not in browser.get(f"{path}Hemligsson").text
    found = browser.get(f"{path}Grannsson").text
    assert ("Rut Grannsson" in found or "Grannsson, Rut" in found) == (role == Role.COMPANY_ADMIN)
