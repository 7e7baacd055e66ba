"""Read-backs made up at random: what leaves them the same, and what makes them another."""

import re
from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent_service.conversation.phrases import QUESTIONS, Phrase, phrase
from agent_service.conversation.read_back import says_the_same


@dataclass(frozen=True)
class Shop:
    """How a language says that an order is cancelled."""

    summary: str
    goods: tuple[str, ...]
    joint: str
    counts: str
    """From two on."""
    digits: str
    written: str
    """An amount in digits."""
    leads: tuple[str, ...]
    asks: tuple[str, ...]
    others: tuple[str, ...]
    """Questions that ask for something else."""
    negations: str
    strangers: str
    """Words that say something more."""


SHOPS = {
    "en": Shop(
        "Cancel order {order}, {goods}, {whole} dollars {cents}",
        ("wireless mice", "desk lamps", "red mugs", "USB-C cables", "fountain pens"),
        "and",
        "two three four five six seven eight nine ten eleven twelve",
        "zero one two three four five six seven eight nine",
        "${whole}.{cents}",
        ("Just to confirm, ", "Alright, so ", "Okay. ", "Let me read that back: ", "So, I'll ",
         "Thank you for waiting. ", "Certainly. I'm going to "),
        ("Is that OK?", "Do you confirm?", "Would you like me to do that?", "Is that correct?",
         "May I go ahead?", "Is that what you want?"),
        ("Is there anything else?", "Shall I stop?", "Would you like a coupon?", "Do you mind?",
         "Shall I refund it?", "What is your name?", "Is that wrong?", "Why should I do that?"),
        "not never no don't without cannot",
        "free express already only also unless everything tomorrow blue immediately maybe if or "
        "twice all each half",
    ),
    "de": Shop(
        "Bestellung {order} stornieren, {goods}, {whole} Euro {cents}",
        ("Teekannen", "kleine Tassen", "rote Hosen", "Lampen", "Hefte"),
        "und",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "null eins zwei drei vier fünf sechs sieben acht neun",
        "{whole},{cents} €",
        ("Um es zusammenzufassen: ", "Also, ", "Nur zur Sicherheit: ", "Gut, dann ", "Gerne. "),
        ("Ist das in Ordnung?", "Einverstanden?", "Soll ich das machen?", "Bestätigen Sie das?"),
        ("Haben Sie noch Fragen?", "Soll ich warten?", "Wie heißen Sie?", "Soll ich das lassen?",
         "Ist das falsch?", "Was soll ich tun?", "Möchten Sie einen Gutschein?"),
        "nicht nie kein keine ohne niemals",
        "kostenlos sofort bereits nur auch alles falls oder morgen blaue vielleicht beide schon "
        "halb",
    ),
    "fr": Shop(
        "Annuler la commande {order}, {goods}, {whole} euros {cents}",
        ("lampes de bureau", "coussins", "verres bleus", "grille-pains", "stylos"),
        "et",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "zéro un deux trois quatre cinq six sept huit neuf",
        "{whole},{cents} €",
        ("Pour confirmer, ", "Très bien, ", "Je récapitule : ", "Donc, ", "D'accord. "),
        ("C'est bien cela ?", "Vous confirmez ?", "Êtes-vous d'accord ?", "Est-ce correct ?"),
        ("Puis-je vous aider ?", "Que dois-je faire ?", "Dois-je attendre ?", "Est-ce faux ?",
         "Voulez-vous un bon ?", "Comment vous appelez-vous ?", "N'est-ce pas ?"),
        "pas ne jamais sans aucun non",
        "gratuit déjà seulement aussi tout si ou demain rouges tous plus immédiatement chacun",
    ),
    "es": Shop(
        "Cancelar el pedido {order}, {goods}, {whole} euros con {cents}",
        ("cafeteras", "tazas rojas", "cojines", "plumas", "cuadernos"),
        "y",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
        "{whole},{cents} €",
        ("Para confirmar, ", "Muy bien, ", "Entonces, ", "De acuerdo. ", "Resumiendo: "),
        ("¿Está de acuerdo?", "¿Le parece bien?", "¿Lo confirma?", "¿Procedo?", "¿Es correcto?"),
        ("¿Algo más?", "¿Qué hago?", "¿Espero?", "¿Quiere un cupón?", "¿No?", "¿Cuándo lo hago?",
         "¿Es un problema?"),
        "no nunca sin jamás tampoco",
        "gratis ya solo también todo si o mañana azules quizás además cada ambas",
    ),
    "it": Shop(
        "Annullare l'ordine {order}, {goods}, {whole} euro e {cents}",
        ("piatti", "tazze rosse", "cuscini", "penne", "quaderni"),
        "e",
        "due tre quattro cinque sei sette otto nove dieci undici dodici",
        "zero uno due tre quattro cinque sei sette otto nove",
        "{whole},{cents} €",
        ("Per conferma, ", "Va bene, ", "Allora, ", "D'accordo. ", "Riepilogo: "),
        ("È d'accordo?", "Va bene?", "Conferma?", "Vuole che proceda?", "È corretto?"),
        ("Serve altro?", "Che faccio?", "Aspetto?", "Vuole un buono?", "No?", "Come si chiama?",
         "È un problema?"),
        "non no mai senza nessun",
        "gratis già solo anche tutto se o domani blu forse subito entrambe",
    ),
    "pt": Shop(
        "Cancelar o pedido {order}, {goods}, {whole} reais e {cents}",
        ("teclados", "almofadas verdes", "canetas", "cadernos", "chaleiras"),
        "e",
        "dois três quatro cinco seis sete oito nove dez onze doze",
        "zero um dois três quatro cinco seis sete oito nove",
        "R$ {whole},{cents}",
        ("Só para confirmar, ", "Certo, ", "Então, ", "Muito bem. ", "Resumindo: "),
        ("Está certo?", "Confirma?", "Pode ser?", "Está de acordo?", "Posso avançar?"),
        ("Mais alguma coisa?", "O que posso fazer?", "Espero?", "Quer um cupom?", "Não?",
         "Como se chama?", "É um problema?"),
        "não nunca sem jamais nem",
        "grátis já só também tudo se ou amanhã azuis talvez além ambas",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """Something to be read back, in digits."""

    language: str
    order: str
    items: tuple[tuple[int, str], ...]
    whole: int
    cents: str

    @property
    def shop(self) -> Shop:
        return SHOPS[self.language]

    @property
    def question(self) -> str:
        return QUESTIONS[self.language]

    @property
    def read_back(self) -> str:
        return f"{self.summary()}. {self.question}"

    def summary(self, *, in_words: bool = False) -> str:
        counts = self.shop.counts.split()
        said = [f"{counts[many - 2] if in_words else many} {thing}" for many, thing in self.items]
        goods = f" {self.shop.joint} ".join([", ".join(said[:-1]), said[-1]][len(said) < 2 :])
        return self.shop.summary.format(
            order=self.order, goods=goods, whole=self.whole, cents=self.cents
        )

    def is_told_by(self, spoken: str) -> bool:
        return says_the_same(self.read_back, spoken, language=self.language)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    language = draw(st.sampled_from(sorted(SHOPS)))
    things = st.sampled_from(SHOPS[language].goods)
    goods = draw(st.lists(things, min_size=1, max_size=4, unique=True))
    return Wish(
        language,
        draw(st.from_regex(r"[1-9][0-9]{3,4}", fullmatch=True)),
        tuple((draw(st.integers(2, 12)), thing) for thing in goods),
        draw(st.integers(13, 999)),
        str(draw(st.integers(13, 99))),
    )


WISHES = wishes()
PLACES = st.integers(0, 1000)


@given(WISHES)
def test_the_very_words_are_the_same(wish: Wish) -> None:
    assert wish.is_told_by(wish.read_back)
    assert wish.is_told_by(wish.read_back.upper())
    assert wish.is_told_by(re.sub(r"[.,?¿]", "", wish.read_back))
    assert wish.is_told_by(f"{phrase(Phrase.NOT_YET, wish.language)} {wish.read_back}")


@given(WISHES, PLACES, PLACES)
def test_what_only_frames_it_leaves_it_the_same(wish: Wish, lead: int, ask: int) -> None:
    opening = wish.shop.leads[lead % len(wish.shop.leads)]
    question = wish.shop.asks[ask % len(wish.shop.asks)]
    assert wish.is_told_by(f"{opening}{wish.summary()}. {question}")


@given(WISHES)
def test_numbers_in_words_are_the_same(wish: Wish) -> None:
    digits = wish.shop.digits.split()
    spelled = " ".join(digits[int(digit)] for digit in wish.order)
    summary = wish.summary(in_words=True).replace(wish.order, spelled, 1)
    assert wish.is_told_by(f"{summary}. {wish.question}")


@given(WISHES)
def test_an_amount_in_another_notation_is_the_same(wish: Wish) -> None:
    said = wish.shop.summary.rpartition(", ")[2].format(whole=wish.whole, cents=wish.cents)
    written = wish.shop.written.format(whole=wish.whole, cents=wish.cents)
    assert wish.is_told_by(wish.read_back.replace(said, written))


@given(WISHES.flatmap(lambda wish: st.tuples(st.just(wish), st.permutations(wish.items))))
def test_a_list_in_another_order_is_the_same(
    drawn: tuple[Wish, list[tuple[int, str]]],
) -> None:
    wish, items = drawn
    assert wish.is_told_by(replace(wish, items=tuple(items)).read_back)


def content_of(wish: Wish) -> list[str]:
    """Return the words of the summary, each of which tells something of its own."""
    silent = {"l", "la", "el", "o", "de", "con", wish.shop.joint}
    return [word for word in re.findall(r"[\w-]+", wish.summary()) if word not in silent]


@given(WISHES, PLACES)
def test_without_one_of_its_words_it_is_another(wish: Wish, place: int) -> None:
    words = content_of(wish)
    word = words[place % len(words)]
    shorter = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", "", wish.summary(), count=1)
    assert not wish.is_told_by(f"{shorter}. {wish.question}")


@given(WISHES, PLACES, st.integers(1, 9))
def test_another_digit_makes_it_another(wish: Wish, place: int, more: int) -> None:
    summary = wish.summary()
    places = [at for at, mark in enumerate(summary) if mark.isdigit()]
    at = places[place % len(places)]
    digit = (int(summary[at]) + more) % 10
    assert not wish.is_told_by(f"{summary[:at]}{digit}{summary[at + 1 :]}. {wish.question}")


@given(WISHES, PLACES, PLACES)
def test_two_numbers_that_changed_places_make_it_another(wish: Wish, one: int, two: int) -> None:
    summary = wish.summary()
    numbers = [found.span() for found in re.finditer(r"[0-9]+", summary)]
    first, second = sorted((numbers[one % len(numbers)], numbers[two % len(numbers)]))
    left, right = summary[slice(*first)], summary[slice(*second)]
    assume(left != right)
    swapped = f"{summary[: first[0]]}{right}{summary[first[1] : second[0]]}{left}"
    assert not wish.is_told_by(f"{swapped}{summary[second[1] :]}. {wish.question}")


def with_word(wish: Wish, word: str, place: int) -> str:
    words = wish.summary().split(" ")
    at = place % (len(words) + 1)
    return f"{' '.join([*words[:at], word, *words[at:]])}. {wish.question}"


@given(WISHES, PLACES, PLACES)
def test_a_negation_makes_it_another(wish: Wish, which: int, place: int) -> None:
    negations = wish.shop.negations.split()
    assert not wish.is_told_by(with_word(wish, negations[which % len(negations)], place))


@given(WISHES, PLACES, PLACES)
def test_a_word_more_makes_it_another(wish: Wish, which: int, place: int) -> None:
    strangers = wish.shop.strangers.split()
    assert not wish.is_told_by(with_word(wish, strangers[which % len(strangers)], place))


@given(WISHES, PLACES)
def test_another_question_or_none_makes_it_another(wish: Wish, which: int) -> None:
    question = wish.shop.others[which % len(wish.shop.others)]
    assert not wish.is_told_by(f"{wish.summary()}. {question}")
    assert not wish.is_told_by(f"{wish.read_back} {question}")
    assert not wish.is_told_by(f"{wish.summary()}.")
    assert not wish.is_told_by(wish.question)


@given(WISHES)
def test_one_item_less_makes_it_another(wish: Wish) -> None:
    assume(len(wish.items) > 1)
    for at in range(len(wish.items)):
        assert not wish.is_told_by(
            replace(wish, items=wish.items[:at] + wish.items[at + 1 :]).read_back
        )


@given(st.text(max_size=80), st.sampled_from([*SHOPS, None, "zh"]))
def test_any_text_gets_a_verdict(text: str, language: str | None) -> None:
    says_the_same(f"Cancel order 1007. {text}", text, language=language)
    says_the_same(text, f"{text}?", language=language)


@pytest.mark.parametrize("language", sorted(QUESTIONS))
def test_every_language_of_the_service_is_known(language: str) -> None:
    assert language in SHOPS
