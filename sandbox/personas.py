"""The people of the rehearsal: made up, with numbers from those set aside for tests."""
from dataclasses import dataclass

SECURITY_CODE = "123456"


@dataclass(frozen=True)
class Persona:
    """`hint_code` is what this one's BankID always comes to instead of an identification."""

    personal_number: str
    given_name: str
    surname: str
    role: str
    hint_code: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"


KARIN = Persona("197905142381", "Karin", "Lindqvist", "Administratör på det stora företaget")
SARA = Persona("198504122386", "Sara", "Holm", "Administratör för två avdelningar")
AMIR = Persona("198803022394", "Amir", "Haddad", "Resenär på det stora företaget")
ELSA = Persona("198309212382", "Elsa", "Nyberg", "Administratör på ett litet företag")
JOHAN = Persona("199107112394", "Johan", "Ek", "Resenär på ett litet företag")
BIRGITTA = Persona("196601272385", "Birgitta", "Sjögren", "Handläggare hos trafikhuvudmannen")
INGRID = Persona("197209142384", "Ingrid", "Blom", "Biljettkontrollant")
OSKAR = Persona("197508082398", "Oskar", "Dahl", "Inte med ännu: vill ansluta sitt företag")
NOOR = Persona("199406192386", "Noor", "Al-Sayed", "Resenär vars personalerbjudande väntar")

PERSONAS = (KARIN, SARA, AMIR, ELSA, JOHAN, BIRGITTA, INGRID, OSKAR, NOOR)
FAILING = (
    Persona("195101042397", "Sigge", "Spärrad", "Har ett spärrat BankID", "certificateErr"),
    Persona("195102052387", "Stina", "Startlös", "Appen startar aldrig", "startFailed"),
    Persona("195103062385", "Signe", "Sen", "Svarar inte i tid", "expiredTransaction"),
    Persona("195104072383", "Alva", "Ånger", "Avbryter själv", "userCancel"),
    Persona("195105082381", "Disa", "Dubbel", "Påbörjar en ny order samtidigt", "cancelled"),
    Persona("195106092397", "Nils", "Nekar", "Säger att ingen har ringt", "userDeclinedCall"),
    Persona("195107102385", "Gun", "Gammal", "Har en för gammal app", "notSupportedByUserApp"),
    Persona("195108112383", "Rut", "Risk", "Stoppas som för stor risk", "transactionRiskBlocked"),
)
PAUSING = (
    Persona("195109122381", "Saga", "Saknad", "Har ingen app igång", "noClient"),
    Persona("195110132387", "Petra", "Pass", "Ska läsa av sitt pass", "userMrtd"),
    Persona("195111142393", "Rolf", "Rings", "Ska bekräfta ett samtal", "userCallConfirm"),
    Persona("195112152383", "Pia", "Pågår", "Får en kod som ingen känner", "processing"),
)

KAJSA = ("kajsa.nystrom@brevladan.example", "solros pa balkongen")
"""The address and the password of a customer of Mina sidor, who has cards and purchases there."""

BY_NUMBER = {persona.personal_number: persona for persona in (*PERSONAS, *FAILING, *PAUSING)}
