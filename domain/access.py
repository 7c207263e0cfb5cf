"""Who may do what. A person's rights are those of all the roles that the person has."""
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    COMPANY_ADMIN = "company_admin"
    TRAVELLER = "traveller"
    CLERK = "clerk"


class Right(StrEnum):
    SEE_COMPANY = "see_company"
    MANAGE_DEPARTMENTS = "manage_departments"
    MANAGE_TRAVELLERS = "manage_travellers"
    SEND_TICKETS = "send_tickets"
    MANAGE_BUSINESS_TRAVEL = "manage_business_travel"
    DECIDE_OFFERS = "decide_offers"
    READ_REPORTS = "read_reports"
    READ_EVENTS = "read_events"
    TRAVEL = "travel"
    SERVE_CUSTOMERS = "serve_customers"
    BE_SIGNED_IN = "be_signed_in"


COMPANY = frozenset({
    Right.SEE_COMPANY, Right.MANAGE_DEPARTMENTS, Right.MANAGE_TRAVELLERS, Right.SEND_TICKETS,
    Right.MANAGE_BUSINESS_TRAVEL, Right.DECIDE_OFFERS, Right.READ_REPORTS, Right.READ_EVENTS,
})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.COMPANY_ADMIN: COMPANY,
    Role.TRAVELLER: frozenset({Right.TRAVEL}),
    Role.CLERK: frozenset({Right.SERVE_CUSTOMERS}),
}


@dataclass(frozen=True)
class Actor:
    """The person who acts, as the rules need to know them. Holds no row of the database."""

    person_id: UUID
    name: str
    personnummer_index: bytes
    roles: frozenset[Role]
    administers: UUID | None = None
    company_name: str = ""

    def may(self, right: Right) -> bool:
        return right == Right.BE_SIGNED_IN or any(right in RIGHTS[role] for role in self.roles)

    @property
    def company_id(self) -> UUID:
        """The company that the person administers. Only asked of those who do."""
        if self.administers is None:
            raise LookupError(f"{self.person_id} administers no company")
        return self.administers

    @property
    def is_admin(self) -> bool:
        return Role.COMPANY_ADMIN in self.roles

    @property
    def is_traveller(self) -> bool:
        return Role.TRAVELLER in self.roles

    @property
    def is_clerk(self) -> bool:
        return Role.CLERK in self.roles
