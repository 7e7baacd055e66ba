"""What is said in the data set: sentences of support calls in seven languages, made at random.

Common words are as common as in speech, and rare ones rare (Zipf); names of products are drawn from
a vocabulary of 20,000.
"""

import random
from itertools import accumulate
from typing import Final

VOCABULARY_SIZE: Final = 20_000

LANGUAGES: Final = {"en": 50, "de": 14, "fr": 8, "es": 8, "pt": 4, "zh": 8, "ja": 8}
"""Of a hundred conversations."""

SENTENCES: Final = {
    "en": (
        "Where is my order {order}? It should be here by now.",
        "I would like a refund for the {thing}, please.",
        "The {thing} arrived broken and I want my money back.",
        "Can you tell me when the {thing} will be delivered?",
        "My address has changed since I ordered the {thing}.",
        "Thank you, that is all for today.",
        "Please write to {mail} when the {thing} is back in stock.",
        "I found your order {order}. The {thing} was shipped on Monday.",
        "I can refund {amount} euros for the {thing}. Shall I go ahead?",
        "I am sorry about that. Let me look at the {thing} and {other}.",
        "The voucher code {code} does not work for the {thing}.",
        "Yes, please do that for the {thing} and the {other}.",
        "No, not that one, I mean the {thing}.",
        "A colleague will call you back about the {thing} this afternoon.",
    ),
    "de": (
        "Wo ist meine Bestellung {order}? Sie sollte längst hier sein.",
        "Ich möchte eine Rückerstattung für {thing}, bitte.",
        "Das Paket mit {thing} kam beschädigt an.",
        "Können Sie mir sagen, wann {thing} geliefert wird?",
        "Ihre Bestellung {order} mit {thing} wurde am Montag verschickt.",
        "Vielen Dank, das war alles für heute.",
        "Der Gutschein {code} gilt nicht für {thing} und {other}.",
    ),
    "fr": (
        "Où est ma commande {order} ? Elle devrait être arrivée.",
        "Je voudrais être remboursé pour {thing}, s'il vous plaît.",
        "Le colis avec {thing} est arrivé abîmé.",
        "Votre commande {order} avec {thing} a été expédiée lundi.",
        "Merci beaucoup, ce sera tout pour {thing} et {other}.",
    ),
    "es": (
        "¿Dónde está mi pedido {order}? Ya debería haber llegado.",
        "Quisiera un reembolso por {thing}, por favor.",
        "El paquete con {thing} llegó roto.",
        "Su pedido {order} con {thing} y {other} se envió el lunes.",
    ),
    "pt": (
        "Onde está o meu pedido {order}? Já devia ter chegado.",
        "Quero o reembolso de {thing}, por favor.",
        "O seu pedido {order} com {thing} e {other} foi enviado na segunda-feira.",
    ),
    "zh": (
        "我的订单{order}在哪里?应该已经到了。",
        "我想为{han}申请退款,谢谢。",
        "{han}收到的时候已经坏了,请帮我退货。",
        "您的订单{order}星期一已经发货,包括{han}和{han2}。",
        "请把发票发到{mail},谢谢您。",
    ),
    "ja": (
        "注文番号{order}の荷物はどこにありますか。",
        "{kana}の返金をお願いします。",
        "{kana}が壊れて届きました。交換できますか。",
        "ご注文{order}の{kana}と{han}は月曜日に発送しました。",
    ),
}
_HAN: Final = "电脑手机相机耳机键盘书包雨伞手表台灯椅子桌子衣服鞋子帽子杯子水壶风扇冰箱"
_KANA: Final = "カメラバッグテレビパソコンイヤホンマウスケースランプコップシャツコートベルト"


class Wording:
    """Makes sentences; the same ones from the same chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.vocabulary = tuple(_word(chance) for _ in range(VOCABULARY_SIZE))
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(VOCABULARY_SIZE)))

    def turn(self, language: str) -> str:
        """Return what is said in one turn: one sentence, or two."""
        sentences = self._chance.choices(SENTENCES[language], k=self._chance.choice((1, 1, 2)))
        return " ".join(self._filled(sentence) for sentence in sentences)

    def things(self, count: int) -> list[str]:
        """Return names of products."""
        return self._chance.choices(self.vocabulary, cum_weights=self._weights, k=count)

    def _filled(self, sentence: str) -> str:
        chance = self._chance
        thing, other, name = self.things(3)
        return sentence.format(
            thing=thing,
            other=other,
            order=chance.randrange(1000, 90_000),
            amount=f"{chance.randrange(5, 400)}.{chance.randrange(100):02}",
            code=f"{chance.choice('ABCDEFGH')}{chance.choice('KLMNPQ')}{chance.randrange(10_000)}",
            mail=f"{name}.{other}@example.com",
            han="".join(chance.choices(_HAN, k=2)),
            han2="".join(chance.choices(_HAN, k=2)),
            kana="".join(chance.choices(_KANA, k=3)),
        )


def _word(chance: random.Random) -> str:
    syllables = chance.choices((1, 2, 3, 4), (1, 6, 5, 2))[0]
    return "".join(
        chance.choice("bcdfghjklmnprstvz") + chance.choice(("a", "e", "i", "o", "u", "ar", "en"))
        for _ in range(syllables)
    )
