"""An invented crowd: who comes to a large garage. The same seed makes the same people; none of them exists.

Some names are borne by many, as in any crowd: their ranks follow Zipf's law, and the rare ones are made of syllables.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_LAST = """
Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David Bertrand
Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin
Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu
Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier
"""
_FIRST = """
Marie Jean Philippe Nathalie Isabelle Michel Sylvie Alain Catherine Patrick Nicolas Christophe Pierre Laurent Christine
Frédéric Valérie Stéphane Sandrine Céline Véronique Olivier Julien Sébastien Aurélie Thomas Julie Thierry Éric Sophie
Martine Camille Émilie Pascal Bruno Hélène Élodie Zoé Léa Hugo Inès Noël Anaïs Loïc Chloé Jean-Pierre Marie-Claude
Anne-Sophie Jean-Luc Marie-Thérèse François-Xavier Paul Yann Guy Eva Luc Théo Ada
"""
_STARTS = "b br c ch cl d dr f fl g gr h j l m n p pl qu r s t tr v"
_ENDS = "l n r t lle nne rd rt ux c ve que ssier nier reau let don"
COMMON_LAST, COMMON_FIRST, STARTS, ENDS = (names.split() for names in (_LAST, _FIRST, _STARTS, _ENDS))
VOWELS = ("a", "e", "i", "o", "u", "ou", "ai", "au", "é", "è", "ie")
PARTICLES = ("Le ", "De La ", "D'", "L'", "Du ", "Ben ", "El ", "Saint-")
TRADES = ("Boulangerie", "Garage", "Menuiserie", "Transports", "Ambulances", "Pharmacie", "Taxis", "Vignobles")
LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Person:
    """What one customer tells; plates canonical, the first one borne now and the others before; numbers in E.164."""

    reference: str
    last_name: str
    first_name: str
    company: str
    email: str
    phone: str
    mobile: str
    plates: tuple[str, ...]


class Crowd:
    """A source of people; each has a reference, plate and mobile number of their own within the crowd."""

    def __init__(self, seed: int, rare_names: int = 30_000) -> None:
        self._chance = random.Random(seed)
        self.last_names = [*COMMON_LAST, *(self._made() for _ in range(rare_names))]
        self.first_names = [*COMMON_FIRST, *(self._made() for _ in range(600))]
        self._last_weights = self._zipf(len(self.last_names), 0.75)
        self._first_weights = self._zipf(len(self.first_names), 0.8)

    def people(self, count: int) -> Iterator[Person]:
        """Yield `count` people."""
        ranks = random.Random(self._chance.random())
        references = ranks.sample(range(32**8), count)
        mobiles = ranks.sample(range(10**8), count)
        for rank in range(count):
            yield self._person(references[rank], mobiles[rank])

    def _person(self, reference: int, mobile: int) -> Person:
        chance = self._chance
        last = self._last()
        first = chance.choices(self.first_names, cum_weights=self._first_weights)[0]
        company = f"{chance.choice(TRADES)} {self._last()}" if chance.random() < 0.12 else ""
        box = f"{first}.{last}".replace(" ", "").replace("'", "").encode("ascii", "ignore").decode().lower()
        return Person(
            reference="C-" + "".join(CROCKFORD[reference >> 5 * place & 31] for place in range(8)),
            last_name=last,
            first_name=first,
            company=company,
            email=f"{box}{chance.randrange(100)}@courriel{chance.randrange(40)}.example"
            if chance.random() < 0.6
            else "",
            phone=f"+332{chance.randrange(10**8):08d}" if chance.random() < 0.4 else "",
            mobile=f"+336{mobile:08d}",
            plates=tuple(self._plate() for _ in range(chance.choices((1, 2, 3), (75, 20, 5))[0])),
        )

    def _last(self) -> str:
        chance = self._chance
        last = chance.choices(self.last_names, cum_weights=self._last_weights)[0]
        kind = chance.random()
        if kind < 0.05:
            return f"{last}-{chance.choices(self.last_names, cum_weights=self._last_weights)[0]}"
        return chance.choice(PARTICLES) + last if kind < 0.11 else last

    def _plate(self) -> str:
        chance = self._chance
        pairs = ["".join(chance.choices(LETTERS, k=2)) for _ in range(2)]
        if chance.random() < 0.1:
            return f"{chance.randrange(1, 9999)}{pairs[0]}{chance.randrange(10, 95)}"
        return f"{pairs[0]}{chance.randrange(1, 1000):03d}{pairs[1]}"

    def _made(self) -> str:
        chance = self._chance
        syllables = (chance.choice(STARTS) + chance.choice(VOWELS) for _ in range(chance.choice((1, 2, 2, 3))))
        return ("".join(syllables) + chance.choice(ENDS)).capitalize()

    @staticmethod
    def _zipf(count: int, exponent: float) -> list[float]:
        return list(accumulate((rank + 2) ** -exponent for rank in range(count)))
