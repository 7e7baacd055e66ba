"""Other languages than English: noticing them, and saying in them that only English is spoken."""

import re
from typing import Final

_SORRY: Final = {
    "German": "Es tut mir leid, ich spreche hier nur Englisch.",
    "French": "Je suis désolé, je ne parle ici qu'anglais.",
    "Spanish": "Lo siento, aquí solo hablo inglés.",
    "Italian": "Mi dispiace, qui parlo solo inglese.",
    "Portuguese": "Desculpe, aqui só falo inglês.",
    "Dutch": "Het spijt me, ik spreek hier alleen Engels.",
    "Polish": "Przepraszam, rozmawiam tutaj tylko po angielsku.",
    "Turkish": "Üzgünüm, burada yalnızca İngilizce konuşuyorum.",  # noqa: RUF001  # Turkish
    "Swedish": "Tyvärr talar jag bara engelska här.",
    "Russian": "Извините, здесь я говорю только по-английски.",
    "Arabic": "عذرًا، أتحدث هنا الإنجليزية فقط.",
    "Hindi": "क्षमा करें, मैं यहाँ केवल अंग्रेज़ी बोलता हूँ।",
    "Chinese": "抱歉，我在这里只会说英语。",  # noqa: RUF001  # a Chinese comma
    "Japanese": "申し訳ありませんが、ここでは英語しか話せません。",
    "Korean": "죄송하지만 여기서는 영어만 할 수 있습니다.",
}
# The commonest words of each that are no common words of English.
_WORDS: Final = {
    "German": (
        "ich und der das ist nicht ein eine einen mein meine meinen bitte möchte für mit auf wo "
        "wie kann können könnten könntest haben habe wann wir sie es zu den dem im von guten du "
        "tag ja nein morgen"
    ),
    "French": (
        "je le la les un une des est et pour mon ma mes vous nous voudrais où comment quand "
        "bonjour s'il dans avec pas que qui sur mais avez puis-je j'ai c'est d'une ne merci "
        "beaucoup oui non"
    ),
    "Spanish": (
        "el los las una es y por mi mis quiero dónde cómo cuándo está qué para con hola favor "
        "puedo necesito tengo usted hace del pedido en su se lo al gracias ha han he no"
        " hablo sé nada"
    ),
    "Italian": (
        "il lo gli una è e per mio mia vorrei dove come quando con ciao buongiorno buonasera "
        "posso ho che non sono della del di un grazie mi questo"
        " qui solo di più buon"
    ),
    "Portuguese": (
        "o os uma é e para meu minha quero onde como quando está com olá por favor posso "
        "preciso tenho você não que do da em um obrigado obrigada gostaria"
        " aqui só falo"
    ),
    "Dutch": (
        "ik het een en is mijn voor met waar hoe wanneer graag wil kan kunt u niet van op dat "
        "de heb bestelling alstublieft goedemorgen naar zijn"
        " hier alleen spreek mij bent"
    ),
    "Polish": (
        "jest nie się na do z proszę gdzie jak kiedy mój moje moja chcę chciałbym chciałabym "
        "ile czy mam mogę dzień dobry dla co to kosztuje zamówienie"
        " tylko tutaj"
    ),
    "Turkish": (
        "bir ve bu için nerede nasıl ne zaman istiyorum lütfen var mı mi benim siparişim "  # noqa: RUF001  # Turkish
        "merhaba kadar çok değil"
        " burada yalnızca ediyorum"  # noqa: RUF001  # Turkish
    ),
    "Swedish": (
        "jag och är inte en ett min mitt mina vill var hur när kan för med på det hej tack "
        "skulle gärna har beställning att som"
        " bara här talar hur"
    ),
}
_ENGLISH_WORDS: Final = (
    "the a an is are was i you my me to of and in on for it that what where when how can could "
    "would please do does have has not with this at your be from want need like we they hello hi "
    "yes no or if so but there will just about get all go order"
)
_ENGLISH: Final = frozenset(_ENGLISH_WORDS.split())
_VOCABULARY: Final = {name: frozenset(words.split()) - _ENGLISH for name, words in _WORDS.items()}
_SCRIPTS: Final = (
    ("Russian", re.compile(r"[\u0400-\u04ff]")),
    ("Arabic", re.compile(r"[\u0600-\u06ff]")),
    ("Hindi", re.compile(r"[\u0900-\u097f]")),
    ("Japanese", re.compile(r"[\u3040-\u30ff]")),
    ("Korean", re.compile(r"[\uac00-\ud7af]")),
    ("Chinese", re.compile(r"[\u4e00-\u9fff]")),
)
_LEAST: Final = 2
"""Words of a language that a turn needs."""


def foreign_language(text: str) -> str | None:
    """Return the language of a text that is not in English, or None."""
    letters = sum(c.isalpha() for c in text)
    for name, script in _SCRIPTS:
        if letters and len(script.findall(text)) * 2 > letters:
            return name
    words = re.findall(
        r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*",
        text.replace("\u0130", "i").lower().replace("\u2019", "'"),
    )
    counts = {name: sum(word in own for word in words) for name, own in _VOCABULARY.items()}
    best = max(counts, key=lambda name: counts[name])
    shared = frozenset(_WORDS[best].split())
    english = sum(word in _ENGLISH - shared for word in words)
    is_accented = any(ord(c) > 0x7F for word in words for c in word)
    is_whole = counts[best] == len(words) > 1
    needed = 1 if is_accented and not english else _LEAST
    is_meant = is_whole or (counts[best] >= needed and counts[best] > 2 * english)
    return best if is_meant else None


def only_english(language: str) -> str:
    """Return the sentence in the language that says that only English is spoken here."""
    return _SORRY[language]
