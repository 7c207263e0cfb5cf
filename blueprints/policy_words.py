"""A policy group in words, for the administrator and for the traveller."""
from blueprints.language import _, ngettext
from blueprints.words import word
from domain.money import kr
from domain.policy_groups import PolicyGroup
from domain.policy_rules import When
from domain.products import Extent


def facts(group: PolicyGroup) -> list[tuple[str, str]]:
    """What it says of each thing, as terms with their values."""
    return [(_("Biljetter"), _names(group.products) or _("Alla")),
            (_("Var"), _where(group) or _("Överallt")),
            (_("När"), _when(group)),
            (_("Högsta pris"), _("Inget") if group.top_price_ore is None
             else kr(group.top_price_ore)),
            (_("Ändamål"), _asked(group) or _("Frågas inte efter"))]


def summary(group: PolicyGroup) -> str:
    """In one line, what it restricts."""
    products = group.products is not None and ngettext(
        "%(num)d sorts biljett", "%(num)d sorters biljetter", len(group.products)) % {
            "num": len(group.products)}
    restricted = group.weekdays is not None or group.begins is not None
    said = [products, _where(group), restricted and When(group).written(_), _top_price(group),
            group.purpose]
    return " · ".join(filter(None, said)) or _("Allt är tillåtet")


def _when(group: PolicyGroup) -> str:
    said = When(group).written(_)
    return said[0].upper() + said[1:]


def _where(group: PolicyGroup) -> str:
    extents = group.extents if group.extents is not None else list(Extent)
    parts = [] if group.extents is None else [_names(extents)]
    if group.zones is not None and {Extent.ZONES_1, Extent.ZONES_2} & set(extents):
        parts.append(_("zon %(numbers)s", numbers=", ".join(map(str, group.zones))))
    if group.areas is not None and Extent.BORDER in extents:
        parts.append(_("över länsgränsen till %(areas)s", areas=_names(group.areas)))
    return "; ".join(parts)


def _top_price(group: PolicyGroup) -> str:
    return "" if group.top_price_ore is None else _("högst %(price)s",
                                                    price=kr(group.top_price_ore))


def _asked(group: PolicyGroup) -> str:
    if not group.purpose_choices:
        return group.purpose
    return _("%(name)s: %(choices)s", name=group.purpose, choices=", ".join(group.purpose_choices))


def _names(chosen) -> str:
    return ", ".join(map(word, chosen or ()))
