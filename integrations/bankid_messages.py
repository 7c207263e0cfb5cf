"""What BankID recommends that the person is told, for every hint and error."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    id: str
    sv: str
    en: str


MESSAGES = {message.id: message for message in (
    Message("RFA1",
            "Starta BankID-appen.",
            "Start your BankID app."),
    Message("RFA3",
            "Åtgärden avbruten. Försök igen.",
            "Action cancelled. Please try again."),
    Message("RFA4",
            "En identifiering eller underskrift för det här personnumret är redan påbörjad. "
            "Försök igen.",
            "An identification or signing for this personal number is already started. "
            "Please try again."),
    Message("RFA5",
            "Internt tekniskt fel. Försök igen.",
            "Internal error. Please try again."),
    Message("RFA6",
            "Åtgärden avbruten.",
            "Action cancelled."),
    Message("RFA8",
            "BankID-appen svarar inte. Kontrollera att den är startad och att du har "
            "internetanslutning. Om du inte har något giltigt BankID kan du skaffa ett hos din "
            "bank. Försök sedan igen.",
            "The BankID app is not responding. Please check that it’s started and that you have "
            "internet access. If you don’t have a valid BankID you can get one from your bank. "
            "Try again."),
    Message("RFA9",
            "Skriv in din säkerhetskod i BankID-appen och välj Identifiera eller Skriv under.",
            "Enter your security code in the BankID app and select Identify or Sign."),
    Message("RFA13",
            "Försöker starta BankID-appen.",
            "Trying to start your BankID app."),
    Message("RFA15A",
            "Söker efter BankID, det kan ta en liten stund … Om det har gått några sekunder och "
            "inget BankID har hittats har du sannolikt inget BankID som går att använda för den "
            "aktuella identifieringen/underskriften i den här datorn. Om du har ett BankID-kort, "
            "sätt in det i kortläsaren. Om du inte har något BankID kan du skaffa ett hos din "
            "bank.",
            "Searching for BankID:s, it may take a little while … If a few seconds have passed "
            "and still no BankID has been found, you probably don’t have a BankID which can be "
            "used for this identification/signing on this computer. If you have a BankID card, "
            "please insert it into your card reader. If you don’t have a BankID you can get one "
            "from your bank."),
    Message("RFA15B",
            "Söker efter BankID, det kan ta en liten stund … Om det har gått några sekunder och "
            "inget BankID har hittats har du sannolikt inget BankID som går att använda för den "
            "aktuella identifieringen/underskriften i den här enheten. Om du inte har något "
            "BankID kan du skaffa ett hos din bank.",
            "Searching for BankID, it may take a little while … If a few seconds have passed "
            "and still no BankID has been found, you probably don’t have a BankID which can be "
            "used for this identification/signing on this device. If you don’t have a BankID you "
            "can get one from your bank."),
    Message("RFA16",
            "Det BankID du försöker använda är för gammalt eller spärrat. Använd ett annat BankID "
            "eller skaffa ett nytt hos din bank.",
            "The BankID you are trying to use is blocked or too old. Please use another BankID or "
            "get a new one from your bank."),
    Message("RFA17A",
            "BankID-appen verkar inte finnas i din dator eller mobil. Installera den och skaffa "
            "ett BankID hos din bank. Installera appen från din appbutik eller "
            "https://install.bankid.com",
            "The BankID app couldn’t be found on your computer or mobile device. Please install "
            "it and get a BankID from your bank. Install the app from your app store or "
            "https://install.bankid.com"),
    Message("RFA17B",
            "Misslyckades att läsa av QR-koden. Starta BankID-appen och läs av QR-koden. "
            "Kontrollera att BankID-appen är uppdaterad. Om du inte har BankID-appen måste du "
            "installera den och skaffa ett BankID hos din bank. Installera appen från din "
            "appbutik eller https://install.bankid.com",
            "Failed to scan the QR code. Start the BankID app and scan the QR code. Check that "
            "the BankID app is up to date. If you don't have the BankID app, you need to install "
            "it and get a BankID from your bank. Install the app from your app store or "
            "https://install.bankid.com"),
    Message("RFA21",
            "Identifiering eller underskrift pågår.",
            "Identification or signing in progress."),
    Message("RFA22",
            "Okänt fel. Försök igen.",
            "Unknown error. Please try again."),
    Message("RFA23",
            "Fotografera och läs av din ID-handling med BankID-appen.",
            "Process your machine-readable travel document using the BankID app."),
)}

WHILE_PENDING = {
    "outstandingtransaction": "RFA1",
    "noclient": "RFA1",
    "started": "RFA15A",
    "usersign": "RFA9",
    "usermrtd": "RFA23",
}
WHEN_FAILED = {
    "expiredtransaction": "RFA8",
    "certificateerr": "RFA16",
    "usercancel": "RFA6",
    "cancelled": "RFA3",
    "startfailed": "RFA17B",
    "alreadyinprogress": "RFA4",
    "requesttimeout": "RFA5",
    "internalerror": "RFA5",
    "maintenance": "RFA5",
}
ON_THE_SAME_DEVICE = {"outstandingtransaction": "RFA13", "startfailed": "RFA17A"}
ON_A_MOBILE = {"started": "RFA15B"}


def message(code: str, *, same_device: bool, mobile: bool, failed: bool) -> Message:
    """The text for a hint code or error code, also one that came after this was written.

    `same_device`: the app was to start by its address, not by a QR code. `mobile`: our page is
    shown on a telephone. `failed`: the order is over, not pending."""
    code = code.lower()
    id = WHEN_FAILED.get(code, "RFA22") if failed else WHILE_PENDING.get(code, "RFA21")
    if same_device:
        id = ON_THE_SAME_DEVICE.get(code, id)
    if mobile:
        id = ON_A_MOBILE.get(code, id)
    return MESSAGES[id]
