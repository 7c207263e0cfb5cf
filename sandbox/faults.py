"""Faults that can be switched on, to see what the portal does about them."""
from sandbox.store import Store

BANKID_DOWN = "bankid_down"
SMS_DOWN = "sms_down"
SMS_SLOW = "sms_slow"
MAIL_DOWN = "mail_down"
MAIL_LATER = "mail_later"
MAIL_NEVER = "mail_never"
MAIL_LOST = "mail_lost"
SWISH_DOWN = "swish_down"
SWISH_SLOW = "swish_slow"
NETS_DOWN = "nets_down"
NETS_SLOW = "nets_slow"
NETS_REFUNDS_FAIL = "nets_refunds_fail"
PEPPOL_DOWN = "peppol_down"
PEPPOL_SLOW = "peppol_slow"
PEPPOL_UNKNOWN = "peppol_unknown"
CALLBACKS_LOST = "callbacks_lost"
CALLBACKS_TWICE = "callbacks_twice"
CALLBACKS_LATE = "callbacks_late"
CALLBACKS_TURNED = "callbacks_turned"

FAULTS = {
    BANKID_DOWN: ("BankID ligger nere", "Alla anrop får svaret 503 Maintenance."),
    SMS_DOWN: ("SMS ligger nere", "46elks svarar 503. Inget SMS kommer fram."),
    SMS_SLOW: ("SMS är långsamt", "46elks tar emot, men svarar efter tolv sekunder: "
                                  "för sent för den som frågade."),
    MAIL_DOWN: ("E-posten ligger nere", "Förbindelsen bryts genast."),
    MAIL_LATER: ("E-posten ber om tålamod", "Svaret är 451: försök igen senare."),
    MAIL_NEVER: ("E-posten nekar", "Svaret är 550: mottagaren finns inte."),
    MAIL_LOST: ("E-posten tappar tråden", "Mejlet tas emot, men förbindelsen bryts före svaret."),
    SWISH_DOWN: ("Swish ligger nere", "Alla anrop får svaret 503."),
    SWISH_SLOW: ("Swish är långsamt", "Swish tar emot, men svarar efter tolv sekunder: "
                                      "för sent för den som frågade."),
    NETS_DOWN: ("Nets ligger nere", "Alla anrop får svaret 503."),
    NETS_SLOW: ("Nets är långsamt", "Nets tar emot, men svarar efter tolv sekunder."),
    NETS_REFUNDS_FAIL: ("Återbetalning till kort misslyckas", "Nets tar emot den, och banken "
                                                              "nekar."),
    PEPPOL_DOWN: ("Accesspunkten ligger nere", "Alla anrop får svaret 503."),
    PEPPOL_SLOW: ("Accesspunkten är långsam", "Den tar emot e-fakturan, men svarar efter tolv "
                                              "sekunder."),
    PEPPOL_UNKNOWN: ("Mottagaren finns inte i Peppol", "Accesspunkten nekar varje e-faktura."),
    CALLBACKS_LOST: ("Besked om betalningar försvinner", "Varken Swish eller Nets hör av sig."),
    CALLBACKS_TWICE: ("Besked om betalningar kommer två gånger", "Samma besked, om igen."),
    CALLBACKS_LATE: ("Besked om betalningar dröjer", "En minut, om inte längre."),
    CALLBACKS_TURNED: ("Besked om betalningar kommer i fel ordning", "Det sista först."),
}


class Faults:
    def __init__(self, store: Store):
        self._store = store

    def on(self) -> set[str]:
        return {row["name"] for row in self._store.rows("select name from faults")}

    def turn_on(self, name: str) -> None:
        self._store.change("insert or ignore into faults values (:name)", name=name)

    def turn_off(self, name: str) -> None:
        self._store.change("delete from faults where name = :name", name=name)
