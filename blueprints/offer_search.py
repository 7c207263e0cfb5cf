"""What is asked for in the address of the list of applications for staff offers: words, filters, a
page, and whether all that match are chosen."""
from functools import cached_property
from uuid import UUID

from flask import url_for
from htmx_flask import request
from sqlalchemy import Select
from wtforms import Form, SearchField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import ids
from blueprints.language import _, lazy
from blueprints.traveller_search import SelectField
from blueprints.web import actor, db, now
from blueprints.words import word
from domain import offer_queue, staff_offers, traveller_lists
from domain.offer_queue import Due, Page, Search, Show

EVERYTHING = Search(show=Show.ALL)


class OfferSearch(Form):
    q = SearchField(lazy("Namn"))
    show = SelectField(lazy("Visa"), name="visa", choices=lambda: [
        SelectChoice("" if each is Show.WAITING else each, word(each)) for each in Show])
    due = SelectField(lazy("Sista dag"), name="sista", choices=lambda: [
        SelectChoice("", _("Alla dagar")), *(SelectChoice(each, word(each)) for each in Due)])
    department = SelectField(lazy("Avdelning"), name="avdelning", choices=lambda: [
        SelectChoice("", _("Alla avdelningar")),
        *(SelectChoice(str(id), name)
          for id, name in traveller_lists.departments(db, within=actor().scope))])
    offer = SelectField(lazy("Erbjudande"), name="erbjudande", choices=lambda: [
        SelectChoice("", _("Alla erbjudanden")),
        *(SelectChoice(str(each.id), each.name)
          for each in staff_offers.of_company(db, actor().company_id))])

    @cached_property
    def search(self) -> Search:
        department, offer = self.department.chosen, self.offer.chosen
        return Search(self.q.data or "", Show(self.show.chosen or Show.WAITING),
                      UUID(department) if department else None, UUID(offer) if offer else None,
                      Due(self.due.chosen) if self.due.chosen else None)

    def page(self) -> Page:
        place = request.args.get("fran", "")
        return offer_queue.listed(db, self.search, within=actor().scope, now=now(),
                                  place=int(place) if place.isdecimal() and len(place) < 9 else 0)

    @cached_property
    def kept(self) -> dict[str, str]:
        """What the other addresses of the list carry along."""
        return {field.name: field.data for field in self if field.data}

    @property
    def more(self) -> bool:
        """Whether a filter is used that is out of sight at first."""
        return not self.kept.keys().isdisjoint({"avdelning", "erbjudande"})

    @property
    def may_choose(self) -> bool:
        return self.search.show in offer_queue.UNDECIDED

    @cached_property
    def chosen(self) -> str | None:
        """"sida" when all of the page are chosen, "alla" when all that match."""
        return request.args.get("valda") if self.may_choose else None

    def choosing(self, which: str | None) -> str:
        """This very page with so many chosen."""
        return url_for("offers.index", **self.kept, fran=request.args.get("fran"), valda=which)

    @property
    def back(self) -> str:
        return url_for("offers.index", **self.kept)


def chosen_ids() -> Select[tuple[UUID]]:
    """Of the applications that are chosen in the list and the actor has: each, or all that
    match."""
    if request.args.get("valda") == "alla":
        search, among = OfferSearch(request.args).search, None
    else:
        search, among = EVERYTHING, ids(request.args.getlist("vald"))
    return offer_queue.ids(search, within=actor().scope, now=now(), among=among)
