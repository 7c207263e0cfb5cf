"""Names of people who might live in the county, and numbers that nobody has."""
from datetime import date, timedelta
from random import Random

GIVEN = """Anna Lars Maria Johan Karin Erik Eva Anders Lena Per Sara Mikael Emma Daniel Ida Fredrik
Åsa Björn Sofia Magnus Malin Henrik Jenny Peter Elin Jonas Linnéa Oskar Hanna Viktor Amina Ahmed
Fatima Hassan Layla Omar Mariam Yusuf Noura Karim Aino Mikko Päivi Timo Lejla Emir Selma Adnan
Ewa Piotr Thi Minh Selam Dawit""".split()
SURNAMES = """Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson
Gustafsson Pettersson Jonsson Lindberg Lindström Öberg Åkesson Bergqvist Sandberg Hjalmarsson
Sjöberg Claesson Fransson Apelqvist Haraldsson Al-Khatib Hussein Rahimi Abdi Mohamed Saleh
Korhonen Virtanen Mäkinen Hodžić Begić Kovačević Kowalska Nguyen Tesfaye""".split()


def name(chance: Random) -> tuple[str, str]:
    return chance.choice(GIVEN), chance.choice(SURNAMES)


def personnummer(number: int) -> str:
    """A valid one of a birthday of its own, with a serial that is set aside for tests."""
    born = date(1962, 1, 3) + timedelta(days=37 * number % 15_000)
    return f"{born:%Y}"[:2] + with_check_digit(f"{born:%y%m%d}{238 + number % 2}")


def with_check_digit(nine: str) -> str:
    """Ten digits, the last by Luhn."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return f"{nine}{-sum(each // 10 + each % 10 for each in doubled) % 10}"


def mobile(number: int) -> str:
    """From the range that the telecom authority sets aside for stories while it lasts, then from
    one that no operator has."""
    return f"+467017406{number + 5:02}" if number < 95 else f"+4670000{number:04}"
