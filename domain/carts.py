"""What somebody is about to buy in the shop. Of a browser until they log in, then theirs."""
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, ScalarResult, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from domain import shop_wares
from domain.customers import Child, Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.products import Area, Extent, Product, Trip
from domain.rules import rules
from domain.shop_orders import Kind
from domain.shop_wares import Known, Wish
from domain.store import Row, insert_missing
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

ALIKE = (Kind.NEW_CARD, Kind.TICKET)
"""Of which somebody may want several alike."""


class Cart(Row):
    __tablename__ = "carts"

    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of what the browser of somebody who has not logged in keeps in a cookie."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), unique=True)
    touched_at: Mapped[datetime] = mapped_column(index=True)

    lines: Mapped[list["CartLine"]] = relationship(
        order_by="CartLine.position", cascade="all, delete-orphan",
        back_populates="cart")


class CartLine(Row):
    __tablename__ = "cart_lines"

    cart_id: Mapped[UUID] = mapped_column(ForeignKey("carts.id"), index=True)
    position: Mapped[int]
    kind: Mapped[Kind]
    quantity: Mapped[int] = mapped_column(default=1)
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"), index=True)
    """The card that is loaded."""
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("children.id"), index=True)
    """Whom a new card is for, when it is not for the customer."""
    label: Mapped[str] = mapped_column(default="")
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    """The ticket that is changed."""
    purse_ore: Mapped[int] = mapped_column(default=0)
    product: Mapped[Product | None]
    extent: Mapped[Extent | None]
    zones: Mapped[str] = mapped_column(default="")
    area: Mapped[Area | None]
    valid_from: Mapped[date | None]
    shown_ore: Mapped[int]
    """What one of it cost when it was put here."""

    cart: Mapped[Cart] = relationship(back_populates="lines")
    card: Mapped[TravelCard | None] = relationship()
    child: Mapped[Child | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    @property
    def wish(self) -> Wish:
        trip = self.extent and Trip(self.extent, tuple(map(int, self.zones.split())), self.area)
        return Wish(kind=self.kind, card=self.card, child=self.child, label=self.label,
                    ticket=self.ticket, purse_ore=self.purse_ore, product=self.product, trip=trip,
                    valid_from=self.valid_from)


_WHOLE = select(Cart).options(joinedload(Cart.lines).joinedload(CartLine.card))
_OF_CUSTOMER = _WHOLE.where(Cart.customer_id == bindparam("customer_id"))
_OF_BROWSER = _WHOLE.where(Cart.token_hash == bindparam("token_hash"))


def of_customer(session: Session, customer_id: UUID) -> Cart | None:
    return _whole(session, session.scalars(_OF_CUSTOMER, {"customer_id": customer_id}))


def of_browser(session: Session, token: str) -> Cart | None:
    """Of one in which nobody has logged in."""
    return _whole(session, session.scalars(_OF_BROWSER, {"token_hash": token_hash(token)}))


def _whole(session: Session, found: ScalarResult[Cart]) -> Cart | None:
    """With the tickets and the children that few carts are about, asked for when one is."""
    cart = found.unique().one_or_none()
    lines = cart.lines if cart else []
    _fetch(session, Ticket, "ticket", lines)
    _fetch(session, Child, "child", [*lines, *(line.card for line in lines if line.card)])
    return cart


def _fetch(session: Session, kind: type[Row], name: str, owners: list[Row]) -> None:
    """What the owners have by that name, as it is now, all at once."""
    ids = {owner: thing_id for owner in owners if (thing_id := getattr(owner, f"{name}_id"))}
    if ids:
        found = {each.id: each for each in session.scalars(
            select(kind).where(kind.id.in_(ids.values()))
            .execution_options(populate_existing=True))}
        for owner, thing_id in ids.items():
            set_committed_value(owner, name, found[thing_id])


def opened(session: Session, *, customer_id: UUID | None = None, token: str | None = None,
           now: datetime) -> Cart:
    """The customer's cart, or the browser's; a new one where there is none. Nobody else changes it
    until the commit."""
    whose = {"customer_id": customer_id} if customer_id else {"token_hash": token_hash(token)}
    insert_missing(session, Cart, id=uuid4(), touched_at=now, **whose)
    session.execute(select(Cart.id).filter_by(**whose).with_for_update())
    cart = _whole(session, session.scalars(_WHOLE.filter_by(**whose).execution_options(
        populate_existing=True)))
    cart.touched_at = now
    return cart


def find_line(cart: Cart | None, cart_line_id: UUID) -> CartLine:
    found = next((each for each in cart.lines if each.id == cart_line_id), None) if cart else None
    if found is None:
        raise NotFound("Raden finns inte i varukorgen.")
    return found


def put(session: Session, cart: Cart, wish: Wish, *, customer: Customer | None,
        now: datetime) -> CartLine:
    """What is there already becomes one more, or more money on the same card. Raises `Invalid` when
    it cannot be bought."""
    there = next((each for each in cart.lines if _is_same(each.wish, wish)), None)
    if there is None and len(cart.lines) >= rules(session).cart_lines_max:
        raise Invalid("Varukorgen är full. Betala det som ligger i den först.")
    beside = [each.wish for each in cart.lines]
    known = Known(session, [wish.card], now=now)
    shop_wares.check(session, wish, customer, known, beside=beside, now=now)
    if there is None:
        return _add(session, cart, wish, known, now=now)
    if wish.kind in ALIKE:
        set_quantity(session, there, there.quantity + 1)
    elif wish.kind == Kind.PURSE:
        there.purse_ore = there.shown_ore = there.purse_ore + wish.purse_ore
    elif wish.kind == Kind.PERIOD:
        raise Invalid("Det ligger redan en period till kortet i varukorgen. Ta bort den först.",
                      "card")
    else:
        session.delete(there)
        cart.lines.remove(there)
        return _add(session, cart, wish, known, now=now)
    return there


def _is_same(one: Wish, other: Wish) -> bool:
    """Whether the second is more of the first, or takes its place."""
    if one.kind != other.kind:
        return False
    if one.kind in ALIKE:
        return one == other
    return one.card is other.card if one.kind != Kind.CHANGE else one.ticket is other.ticket


def _add(session: Session, cart: Cart, wish: Wish, known: Known, *,
         now: datetime) -> CartLine:
    trip = wish.trip
    line = CartLine(
        id=uuid4(), position=1 + max((each.position for each in cart.lines), default=0),
        kind=wish.kind, quantity=1, card=wish.card, child=wish.child,
        label=wish.label, ticket=wish.ticket, purse_ore=wish.purse_ore, product=wish.product,
        extent=trip and trip.extent, zones=" ".join(map(str, trip.zones)) if trip else "",
        area=trip and trip.area, valid_from=wish.valid_from,
        shown_ore=sum(each.amount_ore for each in shop_wares.parts(session, wish, known,
                                                                    now=now)))
    cart.lines.append(line)
    session.flush()
    return line


def set_quantity(session: Session, line: CartLine, quantity: int) -> None:
    """None is the same as away with it."""
    most = rules(session).cart_quantity_max if line.kind in ALIKE else 1
    if not 0 <= quantity <= most:
        raise Invalid("Du kan köpa högst %(most)s likadana på en gång.", "quantity", most=most)
    if quantity == 0:
        remove(line)
    else:
        line.quantity = quantity


def remove(line: CartLine) -> None:
    line.cart.lines.remove(line)


def take_over(session: Session, token: str, customer: Customer, *, now: datetime) -> None:
    """They have logged in: what lay in the browser's cart lies in theirs. What cannot is left
    out."""
    session.execute(select(Cart.id).filter_by(token_hash=token_hash(token)).with_for_update())
    found = of_browser(session, token)
    if found is None:  # in another window, perhaps, just now
        return
    own = opened(session, customer_id=customer.id, now=now)
    for line in found.lines:
        _carry_over(session, own, line, customer, now=now)
    session.delete(found)


def _carry_over(session: Session, own: Cart, line: CartLine, customer: Customer, *,
                now: datetime) -> None:
    for _ in range(line.quantity):
        try:
            put(session, own, line.wish, customer=customer, now=now)
        except (Invalid, Conflict, NotFound):
            return


def forget(session: Session, *, before: datetime) -> int:
    """Those that nobody has touched since; says how many."""
    return _forget(session, Cart.touched_at < before)


def forget_person(session: Session, customer_id: UUID) -> None:
    _forget(session, Cart.customer_id == customer_id)


def forget_child(session: Session, child_id: UUID) -> None:
    """What was to be bought for them."""
    session.execute(delete(CartLine).where(CartLine.child_id == child_id))


def _forget(session: Session, which) -> int:
    carts = select(Cart.id).where(which)
    session.execute(delete(CartLine).where(CartLine.cart_id.in_(carts)))
    return session.execute(delete(Cart).where(which)).rowcount
