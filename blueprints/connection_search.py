"""What is asked for in the address of the list of those who have Tjänsteresor."""
from functools import cached_property
from uuid import UUID

from blueprints.language import lazy
from blueprints.traveller_search import SelectField, TravellerSearch, named
from blueprints.web import db, now
from domain import standings
from domain.standings import Standing
from domain.travel_states import Reach
from domain.traveller_searches import Search

STATES = [each for each in Reach if each is not Reach.CONNECTED]


class ConnectionSearch(TravellerSearch):
    reach = SelectField(lazy("Läge"), name="lage", choices=named(lazy("Alla anslutna"), STATES))

    @cached_property
    def search(self) -> Search:
        return Search(self.q.data or "", self.department_id,
                      reach=Reach(self.reach.chosen or Reach.CONNECTED))

    def standings(self, traveller_ids: list[UUID]) -> dict[UUID, Standing]:
        """Of those who are connected; also of those who were, when they are asked for."""
        asked = (standings.latest_of_travellers if self.search.reach is Reach.ENDED
                 else standings.of_travellers)
        return asked(db, traveller_ids, now=now())
