"""Other languages are noticed, and names and streets from them are no other language."""

import pytest

from agent_service.offline.english.languages import foreign_language, only_english

TURNS = {
    "German": "Wo ist meine Bestellung 1004?",
    "French": "Où est ma commande, s'il vous plaît ?",
    "Spanish": "¿Dónde está mi pedido?",
    "Italian": "Vorrei sapere dove è il mio pacco",
    "Portuguese": "Onde está a minha encomenda?",
    "Dutch": "Waar is mijn bestelling?",
    "Polish": "Gdzie jest moje zamówienie?",
    "Turkish": "Siparişim nerede?",
    "Swedish": "Var är min beställning?",
    "Russian": "Где мой заказ?",
    "Arabic": "أين طلبي؟",
    "Hindi": "मेरा ऑर्डर कहाँ है?",
    "Chinese": "我的订单在哪里",
    "Japanese": "注文はどこですか",
    "Korean": "제 주문은 어디에 있나요?",
}


@pytest.mark.parametrize(("language", "text"), TURNS.items())
def test_a_turn_in_another_language_is_noticed(language: str, text: str) -> None:
    assert foreign_language(text) == language
    assert foreign_language(only_english(language)) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "no no",
        "1004",
        "Where is my order 1004?",
        "I live in Las Vegas, on El Camino Real",
        "yes, Maria de la Cruz",
        "12 Via Roma, Milano",
        "Dr. van der Berg",
        "Die Hard on DVD",
        "is it the Rue de la Paix?",
    ],
)
def test_english_with_names_from_elsewhere_is_english(text: str) -> None:
    assert foreign_language(text) is None
