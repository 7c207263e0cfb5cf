"""What is said of a connection to Tjänsteresor: how much may be bought, and on which days."""
from blueprints.fields import DayField, KronorField
from blueprints.language import _, lazy
from blueprints.policy_choice import PolicyField
from blueprints.web import Form, db, rules
from domain import business_travel, money
from domain.business_travel import Connection
from domain.money import NBSP, kr


class LimitField(KronorField):
    def __init__(self, label, **kwargs):
        super().__init__(label, description=_(
            "Så mycket får resenären köpa för i månaden, högst %(most)s.",
            most=kr(rules().credit_limit_max_ore)), **kwargs)

    @staticmethod
    def parse(text: str) -> int:
        limit_ore = money.parse_kronor(text)
        business_travel.check_limit(db, limit_ore)
        return limit_ore


class FirstDayField(DayField):
    def __init__(self, **kwargs):
        super().__init__(lazy("Första dag"), needed=False, description=lazy(
            "Lämna tomt om det börjar nu. Koden skickas genast, så att allt är klart den dagen."),
            **kwargs)


class LastDayField(DayField):
    def __init__(self, **kwargs):
        super().__init__(lazy("Sista dag"), needed=False, description=lazy(
            "Lämna tomt om det gäller tills vidare. Annars upphör det av sig självt."),
            **kwargs)


class ConnectionForm(Form):
    limit = LimitField(lazy("Kreditgräns"))
    from_on = FirstDayField()
    to_on = LastDayField()
    policy = PolicyField()

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionForm":
        """As it stands."""
        return cls(data={"limit": kr(connection.limit_ore).removesuffix(f"{NBSP}kr"),
                         "from_on": connection.from_on, "to_on": connection.to_on,
                         "policy": str(connection.policy_group_id or "")})
