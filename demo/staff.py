"""Who else looks after the big company: an administrator of two departments, who stands in for
Karin at Christmas, and a colleague who has been invited."""
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.companies import SARA, Town, accept, acting
from domain import deputies, invitations, leavers, people, recalls, sales
from domain.access import Role
from domain.months import Month, today
from domain.people import Post
from domain.products import Extent, Product, Trip
from domain.sales import Recipient

COUNTY = Trip(Extent.COUNTY)
SECRET = "an invitation of the demo"  # noqa: S105


def appoint(session: Session, town: Town, *, now: datetime) -> None:
    then = now - timedelta(days=200)
    sara = people.meet(session, SARA, given_name="Sara", surname="Holm",
                       email="sara.holm@norrahammars.example", now=then)
    people.appoint(session, sara, Role.DEPARTMENT_ADMIN, company_id=town.company.id,
                   departments=[each.id for each in town.departments[:2]], now=then)
    session.flush()
    accept(session, acting(sara, Role.DEPARTMENT_ADMIN, town.company), now=then)
    post_id = session.scalar(select(Post.id).where(Post.person_id == town.admin.person_id))
    karin = replace(town.admin, post_id=post_id)
    year = today(now).year
    deputies.name(session, sara, first_on=max(date(year, 12, 21), today(now)),
                  last_on=date(year + 1, 1, 6), by=karin, now=now - timedelta(days=3))
    invitations.invite(
        session, invitations.Details("Mikael Berg", "mikael.berg@norrahammars.example",
                                     Role.COMPANY_ADMIN, ()),
        language="sv", secret=SECRET, by=karin, now=now - timedelta(days=2))


def end(session: Session, town: Town, *, now: datetime) -> None:
    """Somebody leaves with the month; a ticket to the wrong one was taken back."""
    leavers.plan(session, town.travellers[30], Month.of(now).last_day, recall=True, by=town.admin,
                 now=now - timedelta(days=1))
    wrong = sales.send(session, Product.DAY, COUNTY, to=Recipient.registered(town.travellers[31]),
                         department=town.travellers[31].department, by=town.admin,
                         now=now - timedelta(days=4))
    recalls.recall(session, wrong, by=town.admin, now=now - timedelta(days=4, minutes=-6))
