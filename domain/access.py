"""Who may do what, and how much of a company they see. A person's rights are those of all the
roles that the person has."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam

from domain.services import Service


class Role(StrEnum):
    COMPANY_ADMIN = "company_admin"
    DEPARTMENT_ADMIN = "department_admin"
    TRAVELLER = "traveller"
    CLERK = "clerk"
    INSPECTOR = "inspector"
    CUSTOMER = "customer"


class Right(StrEnum):
    SEE_COMPANY = "see_company"
    MANAGE_COMPANY = "manage_company"
    MANAGE_ADMINISTRATORS = "manage_administrators"
    NAME_DEPUTY = "name_deputy"
    SEE_DEPARTMENTS = "see_departments"
    MANAGE_DEPARTMENTS = "manage_departments"
    MANAGE_TRAVELLERS = "manage_travellers"
    IMPORT_TRAVELLERS = "import_travellers"
    SYNC_TRAVELLERS = "sync_travellers"
    SEND_TICKETS = "send_tickets"
    MANAGE_BUSINESS_TRAVEL = "manage_business_travel"
    MANAGE_POLICIES = "manage_policies"
    DECIDE_OFFERS = "decide_offers"
    READ_REPORTS = "read_reports"
    READ_EVENTS = "read_events"
    TRAVEL = "travel"
    SERVE_CUSTOMERS = "serve_customers"
    INSPECT_TICKETS = "inspect_tickets"
    BE_SIGNED_IN = "be_signed_in"
    KEEP_ACCOUNT = "keep_account"


DEPARTMENT = frozenset({
    Right.SEE_COMPANY, Right.NAME_DEPUTY, Right.SEE_DEPARTMENTS, Right.MANAGE_TRAVELLERS,
    Right.IMPORT_TRAVELLERS, Right.SEND_TICKETS, Right.MANAGE_BUSINESS_TRAVEL,
    Right.DECIDE_OFFERS, Right.READ_REPORTS, Right.READ_EVENTS,
})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.COMPANY_ADMIN: DEPARTMENT | {
        Right.MANAGE_COMPANY, Right.MANAGE_ADMINISTRATORS, Right.MANAGE_DEPARTMENTS,
        Right.SYNC_TRAVELLERS, Right.MANAGE_POLICIES},
    Role.DEPARTMENT_ADMIN: DEPARTMENT,
    Role.TRAVELLER: frozenset({Right.TRAVEL}),
    Role.CLERK: frozenset({Right.SERVE_CUSTOMERS, Right.INSPECT_TICKETS}),
    Role.INSPECTOR: frozenset({Right.INSPECT_TICKETS}),
    Role.CUSTOMER: frozenset({Right.KEEP_ACCOUNT}),
}

AT_THE_AUTHORITY = frozenset({Role.CLERK, Role.INSPECTOR})
ADMINISTRATORS = frozenset({Role.COMPANY_ADMIN, Role.DEPARTMENT_ADMIN})

NOT_LENT = frozenset({Right.MANAGE_ADMINISTRATORS, Right.NAME_DEPUTY})
"""What a deputy leaves to whom they stand in for."""


SERVICE_OF = {Right.SEND_TICKETS: Service.SEND_TICKET,
              Right.MANAGE_BUSINESS_TRAVEL: Service.BUSINESS_TRAVEL,
              Right.MANAGE_POLICIES: Service.BUSINESS_TRAVEL,
              Right.DECIDE_OFFERS: Service.STAFF_OFFER}
"""Of no use where the company does not use the service."""


@dataclass(frozen=True)
class Scope:
    """How much of a company somebody sees: some of its departments, or all when that is None."""

    company_id: UUID
    departments: frozenset[UUID] | None = None

    @property
    def is_whole(self) -> bool:
        return self.departments is None

    def covers(self, company_id: UUID | None, department_id: UUID | None) -> bool:
        """Whether a thing of the department, or of the company itself when None, is within."""
        return company_id == self.company_id and (
            self.departments is None or department_id in self.departments)

    def holds(self, company_id, department_id) -> ColumnElement[bool]:
        """The same, asked of columns."""
        ours = company_id == self.company_id
        return ours if self.departments is None else ours & department_id.in_(self.departments)


class Asked:
    """What is asked of a scope on page after page: made once, for putting a statement together
    takes longer than asking it. `session.execute(*asked.of(within))`"""

    def __init__(self, make: Callable[[Scope], Select]):
        company = bindparam("company_id")
        self._of_whole = make(Scope(company))
        self._of_part = make(Scope(company, bindparam("departments", expanding=True)))

    def of(self, within: Scope) -> tuple[Select, dict]:
        if within.departments is None:
            return self._of_whole, {"company_id": within.company_id}
        return self._of_part, {"company_id": within.company_id,
                               "departments": list(within.departments)}


@cache
def _rights(roles: frozenset[Role], services: frozenset[Service], lent: bool) -> frozenset[Right]:
    held = frozenset({Right.BE_SIGNED_IN}).union(*(RIGHTS[role] for role in roles))
    return frozenset(right for right in (held - NOT_LENT if lent else held)
                     if SERVICE_OF.get(right) in services | {None})


@dataclass(frozen=True)
class Hat:
    """A post that the person may act in: their own, or that of somebody they stand in for."""

    post_id: UUID
    holder: str | None
    """None when it is their own."""


@dataclass(frozen=True)
class Principal:
    """The one on whose behalf a deputy acts."""

    person_id: UUID
    name: str
    personnummer_index: bytes


@dataclass(frozen=True)
class Actor:
    """The person who acts, as the rules need to know them. Holds no row of the database."""

    person_id: UUID
    name: str
    personnummer_index: bytes
    roles: frozenset[Role]
    administers: UUID | None = None
    departments: frozenset[UUID] | None = None
    """Those that a department administrator has; None for who has the whole company."""
    company_name: str = ""
    on_trial: bool = False
    """Whether the company that they administer has not been approved yet."""
    services: frozenset[Service] = frozenset(Service)
    """Those that the company uses."""
    on_behalf_of: Principal | None = None
    post_id: UUID | None = None
    hats: tuple[Hat, ...] = ()
    customer_id: UUID | None = None
    """Of a private customer, who is no person that BankID has vouched for: their account."""

    @cached_property
    def rights(self) -> frozenset[Right]:
        """All that they may do."""
        services = self.services if self.is_admin else frozenset(Service)
        return _rights(self.roles, services, bool(self.on_behalf_of))

    def may(self, right: Right) -> bool:
        return right in self.rights

    def missing(self, right: Right) -> Service | None:
        """The service that the right is about, when the company does not use it."""
        service = SERVICE_OF.get(right)
        return None if service in self.services or not self.is_admin else service

    @property
    def company_id(self) -> UUID:
        """The company that the person administers. Only asked of those who do."""
        if self.administers is None:
            raise LookupError(f"{self.person_id} administers no company")
        return self.administers

    @property
    def scope(self) -> Scope:
        return Scope(self.company_id, self.departments)

    @property
    def oneself(self) -> "Actor":
        """Whoever stands in for another still travels as themself."""
        return replace(self, on_behalf_of=None) if self.on_behalf_of else self

    def acts_as(self, personnummer_index: bytes | None) -> bool:
        """Whether that is the person, or the one whom they stand in for."""
        principal = self.on_behalf_of
        return personnummer_index is not None and personnummer_index in (
            self.personnummer_index, principal and principal.personnummer_index)

    @property
    def is_admin(self) -> bool:
        """Of a company, or of some of its departments."""
        return not ADMINISTRATORS.isdisjoint(self.roles)

    @property
    def is_traveller(self) -> bool:
        return Role.TRAVELLER in self.roles

    @property
    def is_clerk(self) -> bool:
        return Role.CLERK in self.roles

    @property
    def is_inspector(self) -> bool:
        return Role.INSPECTOR in self.roles
