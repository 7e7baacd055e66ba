"""The rules of comparing read-backs, one by one: notations, wordings, and what only looks alike."""

import time

import pytest

from agent_service.conversation.phrases import QUESTIONS, Phrase, phrase
from agent_service.conversation.read_back import says_the_same


def is_same(language: str, summary: str, spoken: str) -> bool:
    """Compare two summaries, each with the question of its language behind it."""
    question = QUESTIONS[language]
    return says_the_same(f"{summary}. {question}", f"{spoken}. {question}", language=language)


@pytest.mark.parametrize(
    ("language", "summary", "spoken"),
    [
        ("en", "Book a visit on December 3, 2026", "Book a visit on the 3rd of December 2026"),
        ("en", "Book a visit on December 3, 2026", "Book a visit on December 3, twenty twenty-six"),
        ("en", "Book a visit on 2026-12-03", "Book a visit on December 3, 2026"),
        ("en", "Book a visit on December 31", "Book a visit on the thirty-first of December"),
        ("de", "Termin am 3.12.2026 buchen", "Termin am dritten Dezember 2026 buchen"),
        ("de", "Termin am 3.12 buchen", "Termin am 3. Dezember buchen"),
        ("fr", "Réserver une visite le 3/12", "Réserver une visite le 3 décembre"),
        ("fr", "Réserver une visite le 1er mai", "Réserver une visite le premier mai"),
        ("es", "Reservar una visita el 3/12/2026", "Reservar una visita el 3 de diciembre de 2026"),
        ("en", "Book a visit at 9:05 AM", "Book a visit at nine oh five a.m."),
        ("en", "Book a visit at 8:45 PM", "Book a visit at a quarter to nine in the evening"),
        ("en", "Book a visit at 4:50 PM", "Book a visit at ten to five in the afternoon"),
        ("en", "Book a visit at 11:30 PM", "Book a visit at half past eleven at night"),
        ("en", "Book a visit at 12:00 PM", "Book a visit at noon"),
        ("en", "Book a visit at 9:15 AM", "Book a visit at 9.15 am"),
        ("de", "Termin um 15:10 Uhr buchen", "Termin um zehn nach drei Uhr nachmittags buchen"),
        ("de", "Termin um 9:30 Uhr buchen", "Termin morgens um halb zehn buchen"),
        ("de", "Termin um 15.30 Uhr buchen", "Termin um halb vier nachmittags buchen"),
        ("fr", "Réserver une visite à 8 h 50", "Réserver une visite à neuf heures moins dix"),
        ("fr", "Réserver une visite à 0 h 15", "Réserver une visite à minuit et quart"),
        ("es", "Reservar una visita a las 8:40", "Reservar una visita a las nueve menos veinte"),
        ("pt", "Marcar a visita às 14:45", "Marcar a visita às quinze para as três da tarde"),
        ("it", "Fissare la visita alle 12:30", "Fissare la visita a mezzogiorno e mezza"),
        ("en", "Refund 1,250 dollars 5", "Refund 1250 dollars 5"),
        ("en", "Refund 1250 dollars 05", "Refund $1,250.05"),
        ("en", "Refund 1250 dollars 05", "Refund one thousand two hundred fifty dollars oh five"),
        ("en", "Refund 12 euros 50", "Refund 12.5 euros"),
        ("de", "1250 Euro 50 erstatten", "1.250,50 Euro erstatten"),
        ("de", "1250 Euro 50 erstatten", "tausendzweihundertfünfzig Komma fünfzig Euro erstatten"),
        ("pt", "Devolver 49 reais e 90", "Devolver R$49,90"),
        ("en", "Refund 24 dollars 99", "Refund US$24.99"),
        ("en", "Cancel order 1007", "Cancel order 1,007"),
        ("en", "Cancel order 1007", "Cancel order #1007"),
        ("en", "Cancel order 1007", "Cancel order number one oh oh seven"),
        ("fr", "Annuler la commande 3042", "Annuler la commande n° 3042"),
        ("fr", "Annuler la commande 1717", "Annuler la commande dix-sept dix-sept"),
        ("fr", "Ralentir la ligne 12", "Je vais ralentir la ligne 12"),
        ("fr", "Ralentir la ligne 12", "La ligne 12 sera ralentie"),
        ("pt", "Começar o plano 12", "Vou começar o plano 12"),
        ("pt", "Traçar a rota 12", "Traço a rota 12"),
        ("en", "Book a visit at 9:15 AM", "Book a visit in the morning at 9:15"),
        ("en", "Cancel order 1007", "I am cancelling order 1007"),
        ("de", "Die Hecke 12 abschneiden", "Ich schneide die Hecke 12 ab"),
        ("en", "Call back at 020 7946 0958",
         "I'll call back at oh two oh, seven nine four six, oh nine five eight"),
        ("en", "Record the reading 48210", "Record the reading four, eight, two, one, zero"),
        ("en", "Order ibuprofen 400 and one spray", "Order ibuprofen four hundred and one spray"),
        ("en", "Move flight BA 214 to June 5", "Move flight B A two one four to June 5"),
        ("en", "Change the limit of line 4402", "Change the limit of line double four oh two"),
        ("en", "Move the visit from June 5 to June 7", "Move the visit from 5 to 7 June"),
        ("en", "Add 1.5 gigabytes to your plan", "I'll add 1,5 gigabytes to your plan"),
        ("en", "Raise your discount to 10%", "Raise your discount to ten percent"),
    ],
)  # fmt: skip
def test_notations_of_the_same(language: str, summary: str, spoken: str) -> None:
    assert is_same(language, summary, spoken)


@pytest.mark.parametrize(
    ("language", "summary", "spoken"),
    [
        ("en", "Book a visit on December 3, 2026", "Book a visit on December 3"),
        ("en", "Book a visit on 2026-12-03", "Book a visit on 2026-13-03"),
        ("en", "Book a visit on March 3", "Book a visit on March the first"),
        ("en", "Book a visit in March", "Book a visit in March or May"),
        ("en", "Book a visit on 3/12", "Book a visit on December 3"),
        ("de", "1.5 Liter bestellen", "1. Mai bestellen"),
        ("en", "Book a visit at 9:15 AM", "Book a visit at 9:15"),
        ("en", "Book a visit at 9:15 AM", "Book a visit at 9:15 in the afternoon"),
        ("en", "Book a visit at 2:15 PM", "Book a visit at 14:15 in the morning"),
        ("en", "Book a visit at 9:15 AM", "Book a visit at 25:15"),
        ("es", "Reservar a las 14:40", "Reservar a las tres menos noventa"),
        ("de", "Termin um 14:30 Uhr buchen", "Termin um halb drei buchen"),
        ("de", "Termin um 14:30 Uhr buchen", "Termin um halb vor drei buchen"),
        ("de", "Bestellung 2000 stornieren", "Bestellung zweitausendfach stornieren"),
        ("fr", "Annuler la commande 12", "Annuler la commande dix deux"),
        ("en", "Refund 24 dollars 99", "Refund 24 dollars and 99 lamps"),
        ("en", "Refund 24 dollars 99", "Refund 24 99"),
        ("en", "Refund 24 dollars 99", "Refund 24 dollars 99 a month"),
        ("en", "Move the visit from June 9 to June 5", "Move the visit from 9 to 5 June"),
        (
            "it",
            "Spostare la visita dal 7 ottobre al 14 ottobre",
            "Sposto la visita del 7 ottobre e la visita del 14 ottobre",
        ),
        ("es", "Cancelar el pedido 4015", "Cancele el pedido 4015"),
        ("fr", "Annuler la commande 3042", "Il annulera la commande 3042"),
        ("de", "Das", "Das bitte"),
        ("en", "Set your limit to 500 dollars", "I have set your limit to 500 dollars"),
        ("en", "Refund 24 dollars 99 for one pen", "Refund 24 dollars 99 per pen"),
        ("en", "Cancel order 1007", "Cancel order 1007, minus 1 pen"),
        ("en", "Cancel order 1007", "Cancel order 1007 at -1"),
        ("en", "Renew one book", "Renew the books"),
        ("en", "Send the cheque to Mr Brown", "Send the cheque to Mr Browns"),
        ("it", "Cambiare la visita con la dottoressa Molina", "Cambiare la visita con la Molino"),
        ("en", "Transfer 5 euros from Anna to Ben", "Transfer 5 euros from Ben to Anna"),
        ("en", "Raise the limit to 500 euros", "Raise the limit by 500 euros"),
        ("de", "Das Limit auf 500 Euro erhöhen", "Das Limit um 500 Euro erhöhen"),
        ("en", "Exchange one red mug for one blue mug", "Exchange one red mug, one blue mug"),
        ("en", "Book a table for Anna at Luigi's", "Book a table for Luigi at Anna's"),
        ("en", "Block card 4471 and send a new one", "Send card 4471 and block a new one"),
        ("en", "Call you back at 9:15 AM", "You call back at 9:15 AM"),
        ("en", "Call you back at 9:15 AM", "Call them back at 9:15 AM"),
        ("de", "Sie um 9:15 Uhr anrufen", "Sie rufen um 9:15 Uhr an"),
        ("es", "Cancelar el pedido 4015", "Cancelé el pedido 4015"),
        ("it", "Annullare l'ordine 5008", "Annullò l'ordine 5008"),
        ("fr", "Annuler la commande 3042", "Annulez la commande 3042"),
        ("en", "Cancel order 1007", "Cаncel order 1007"),  # noqa: RUF001
        ("en", "Cancel order 1007", "Cancel order \u202e1007"),
        ("en", "Cancel order 1007", "Cancel order 1007 👎"),
        ("en", "Cancel order 1007", "Cancel order １００７"),  # noqa: RUF001
    ],
)
def test_what_only_looks_alike_is_another(language: str, summary: str, spoken: str) -> None:
    assert not is_same(language, summary, spoken)


@pytest.mark.parametrize(
    ("language", "summary", "spoken"),
    [
        (
            "en",
            "Move the visit from June 5 to June 7",
            "Move the visit to June 7 instead of June 5",
        ),
        (
            "en",
            "Move the visit from Monday to Friday",
            "The visit, currently on Monday, will be moved to Friday",
        ),
        (
            "de",
            "Den Termin von Montag auf Freitag verlegen",
            "Der neue Termin ist am Freitag statt am Montag, so verlege ich ihn",
        ),
        (
            "fr",
            "Déplacer la visite du lundi au vendredi",
            "Je déplace la visite au vendredi au lieu du lundi",
        ),
        ("en", "Change the plan from Basic to Plus", "Change the plan to Plus in place of Basic"),
        (
            "en",
            "Transfer 5 dollars from account 12 to account 34",
            "To account 34, from account 12, I'll transfer 5 dollars",
        ),
        (
            "fr",
            "Virer 5 euros du compte 12 vers le compte 34 de Luc Petit",
            "Vers le compte 34 de Luc Petit, je vire, depuis le compte 12, 5 euros",
        ),
        (
            "en",
            "Rent a van, price 216 pounds, deposit 400 pounds",
            "I'll rent a van for 216 pounds, plus a deposit of 400 pounds",
        ),
        (
            "en",
            "Cancel contract 77140, early termination fee 45 pounds",
            "There's a 45 pound fee for early termination, and contract 77140 gets cancelled",
        ),
        (
            "fr",
            "Résilier l'abonnement 40718, frais de résiliation 29 euros",
            "Avec des frais de résiliation de 29 euros, je résilie l'abonnement 40718",
        ),
        (
            "en",
            "Raise the limit from 300 to 350 euros",
            "Raise the limit from 300 euros to 350 euros",
        ),
        ("es", "Reservar de 18:00 a 19:30", "Reservar de seis a siete y media de la tarde"),
        (
            "es",
            "Reservar la pista de 18:00 a 19:30",
            "Reservar la pista de dieciocho a diecinueve treinta",
        ),
        ("de", "Einen Tisch für 6 Personen reservieren", "Tischreservierung für 6 Leute"),
        ("de", "Einen Tisch für 6 Personen reservieren", "Einen Tisch für sechs reservieren"),
        (
            "de",
            "Den Termin mit Techniker Brandt absagen",
            "Den Termin mit dem Techniker Herrn Brandt absagen",
        ),
        ("en", "Cancel the visit of Dana Whitlock", "Cancel Dana Whitlock's visit"),
        (
            "en",
            "Swap seats F11 and F12 for C4 and C5",
            "Swap seats F eleven and F twelve for C four and C five",
        ),
        ("de", "Den Golf KA-TM 512 reparieren", "Den Golf K A, T M, fünf eins zwei reparieren"),
        (
            "fr",
            "Activer la ligne 06 12 48 90 33",
            "Activer la ligne zéro six, douze, quarante-huit, quatre-vingt-dix, trente-trois",
        ),
        (
            "it",
            "Disdire il contratto e mantenere il numero",
            "Disdico il contratto e mantengo il numero",
        ),
        ("fr", "Mettre de côté l'ordonnance", "Je mets de côté l'ordonnance"),
        ("en", "Block card 4471 and send a new PIN", "Send a new PIN and block card 4471"),
        (
            "en",
            "Renew The Salt Path and Middlemarch until March 21",
            "Renew Middlemarch and The Salt Path through to March 21",
        ),
        ("it", "Disdire l'abbonamento", "Se ho capito bene, disdico l'abbonamento"),
        (
            "en",
            "Cancel order 1007",
            "No problem at all. So that nothing gets mixed up, I'll cancel order 1007",
        ),
        (
            "en",
            "Cancel order 1007",
            "Before I do anything, let me read that back to you once again: cancel order 1007",
        ),
        ("en", "Cancel order 1007", "Just to confirm once more: cancel order 1007"),
        (
            "en",
            "Move the train tickets from Leeds to York to Friday",
            "Move the Leeds-York train tickets to Friday",
        ),
        (
            "pt",
            "Marcar a consulta a 2 de agosto",
            "Será feita a marcação da consulta a 2 de agosto",
        ),
        ("de", "Am 3. Februar 340 Euro überweisen", "Am 3.2. gehen 340 Euro per Überweisung"),
        ("en", "Change the plan, term 12 months", "Change the plan, 12 months term"),
        ("en", "Extend the loan until June 5", "Extend the loan to June 5"),
        ("en", "Renew two books and one map", "Renew one map, plus two books"),
        (
            "en",
            "Pause the plan from 1 July to 31 August",
            "Pause the plan from 1 July until 31 August",
        ),
        (
            "en",
            "Raise the limit from 500 to 900 dollars",
            "Raise the limit to 900 dollars instead of 500",
        ),
        ("de", "Das Limit von 300 auf 350 Euro erhöhen", "Das Limit von 300 Euro auf 350 erhöhen"),
        ("fr", "Annuler la commande 3085", "Annuler la commande trente quatre-vingt-cinq"),
        ("fr", "Suspendre le contrat, sans frais", "Suspendre le contrat, sans aucun frais"),
        ("es", "Devolver 46 euros 70 del pedido 12", "Se reembolsarán 46 euros 70 del pedido 12"),
        ("en", "Leave Ann this note: ring twice", "I'll leave this note for Ann: ring twice"),
        (
            "en",
            "Move flight BA 214, change fee 60 dollars",
            "For a 60 dollar change fee, I'll move flight BA 214",
        ),
        ("pt", "Trocar o endereço a partir de abril", "A partir de abril, troco o endereço"),
        (
            "es",
            "Cambiar la tarifa Móvil 10 por la Móvil 30",
            "Cambio la tarifa de Móvil 10 a Móvil 30",
        ),
        ("pt", "Alugar um carro em Recife", "Um carro alugado em Recife"),
        (
            "pt",
            "Mudar a aula de sábado para domingo às 11:30",
            "Mudo a aula de sábado para domingo, onze e trinta",
        ),
        (
            "fr",
            "Résilier le contrat au 30 septembre",
            "Je résilie le contrat à la date du 30 septembre",
        ),
        (
            "en",
            "End the plan and refund the deposit",
            "I'll end the plan and also refund the deposit",
        ),
        (
            "en",
            "End the plan and refund the deposit",
            "I'll end the plan, and the deposit will be refunded as well",
        ),
        ("en", "Cancel order 1007", "Let me read that back to you once more: cancel order 1007"),
        (
            "en",
            "End the plan and refund the deposit",
            "I'll end the plan, and also I'll refund the deposit",
        ),
        (
            "en",
            "Pause the plan from 1 July until 31 August",
            "I'll pause the plan from 1 July until 31 August",
        ),
        (
            "en",
            "Move the visit, extra cost 5 dollars",
            "Move the visit for 5 dollars extra",
        ),
        (
            "en",
            "Look up 30562",
            "Look up job 30562",
        ),
        (
            "en",
            "Order tyres, job 30562",
            "Order tyres, job number 30562",
        ),
    ],
)
def test_the_same_in_another_order_and_other_words(
    language: str, summary: str, spoken: str
) -> None:
    assert is_same(language, summary, spoken)


@pytest.mark.parametrize(
    ("language", "summary", "spoken"),
    [
        (
            "en",
            "Move the visit from June 5 to June 7",
            "Move the visit to June 5 instead of June 7",
        ),
        ("en", "Move the visit to June 7", "Move the visit to June 7 instead"),
        ("en", "Cancel order 1007", "Cancel the new order 1007"),
        ("en", "Cancel order 1007", "Cancel order 1007 and the old one"),
        ("en", "Transfer 5 dollars to account 34", "Transfer 5 dollars instead of account 34"),
        (
            "en",
            "Rent a van, price 216 pounds, deposit 400 pounds",
            "I'll rent a van for 400 pounds, plus a deposit of 216 pounds",
        ),
        (
            "en",
            "Cancel contract 77140, termination fee 45 pounds",
            "Cancel the termination fee of 45 pounds, contract 77140",
        ),
        (
            "en",
            "Order 5 lamps, delivery 5 dollars, deposit 20 dollars",
            "Order 5 lamps, delivery 20 dollars, deposit 5 dollars",
        ),
        ("en", "Refund 24 dollars for one pen", "Refund 24 dollars for one pen case"),
        ("en", "Cancel order 12", "Cancel order 1, 2"),
        ("en", "Cancel order 1007", "I'll cancel order 1007 before you get it"),
        ("en", "Cancel order 1007", "I'll cancel order 1007 once again"),
        ("en", "Cancel order 1007", "No problem, I won't cancel order 1007"),
        ("en", "Cancel order 1007", "Sorry, not now, cancel order 1007"),
        ("de", "Bestellung 1007 stornieren", "Bestellung 1007 nicht mehr stornieren"),
        ("de", "Zwei Hosen gegen zwei Röcke umtauschen", "Gegen zwei Hosen zwei Röcke umtauschen"),
        ("en", "Block card 4471 and send card 12 back", "Block card 12 and send card 4471 back"),
        ("de", "Frau Brandt anrufen", "Herrn Brandt anrufen"),
        ("en", "Book a table for 6", "Book a table for 6 at plan"),
        ("en", "Book a visit at 9:30", "Book a visit from 9"),
        ("es", "Reservar de 18:00 a 19:30", "Reservar de 22 a siete y media de la tarde"),
        ("fr", "Annuler la commande 1007, 2 lampes", "Annuler la commande 1007, plus 2 lampes"),
        ("es", "Cancelar el pedido 1007", "Cancelar el pedido solo 1007"),
        ("de", "Bestellung 1007 stornieren", "Bestellung 1007 stornieren, morgen"),
        ("en", "Swap seats F11 and F12 for C4 and C5", "Swap seats F11 and C5 for C4 and F12"),
        (
            "en",
            "Record meter reading 48216 for meter 9034",
            "Record a meter reading of 9034, for meter 48216",
        ),
        ("it", "Ordinare due moka", "Ricapitolando, ordino solo due moka"),
        ("en", "Pause the plan of Ann Reyes", "Ann Reyes will pause the plan"),
        ("de", "Karla Roths Vertrag 12 kündigen", "Karla Roth kündigt den Vertrag 12"),
        ("en", "Cancel order 1007", "Cancel order 1007 for now"),
        (
            "de",
            "Bestellung 1007 stornieren",
            "Wenn es Ihnen nicht recht ist, Bestellung 1007 stornieren",
        ),
        (
            "en",
            "Raise the limit from 500 to 900 dollars",
            "Raise the limit to 500 dollars instead of 900",
        ),
        (
            "en",
            "Move the visit from 1 July to 5 July",
            "Move the visit instead of 1 July to 5 July",
        ),
        (
            "en",
            "End the plan and refund the deposit",
            "I'll also end the plan and refund the deposit",
        ),
        (
            "en",
            "End the plan and refund the deposit",
            "End the plan and refund also the deposit of the plan",
        ),
        ("en", "Refund 5 dollars", "Refund 5 dollars from 1.5 at 9:30"),
        ("es", "Devolver la mochila", "Reembolsar la mochila"),
        (
            "fr",
            "Suspendre l'abonnement 14, frais 8 euros",
            "Suspendre l'abonnement 14, 8 euros",
        ),
        (
            "en",
            "Transfer 5 dollars from savings account 441 to checking account 882",
            "Transfer 5 dollars from savings account 441 to checking card 882",
        ),
        (
            "en",
            "Transfer 5 dollars from savings account 441 to checking account 882",
            "Transfer 5 dollars from savings account 441 to checking job 882",
        ),
        (
            "pt",
            "Alugar um carro em Faro, 780 reais, caução de 500 reais",
            "Alugar um carro em caução, 780 reais, Faro de 500 reais",
        ),
    ],
)
def test_words_around_it_do_not_make_another_the_same(
    language: str, summary: str, spoken: str
) -> None:
    assert not is_same(language, summary, spoken)


SHOP = (
    "Cancel order 1010, 2 notebooks and one fountain pen, 51 dollars",
    "Refund 24 dollars 99 for one wireless mouse and 2 water bottles from order 1007",
    "Return wireless headphones from order 1002, because they do not fit",
    "Exchange one red mug from order 1003 for one blue mug",
    "Send order 1012 to 12 Main Street, 90210 Springfield",
    "Call you back on Monday, November 30 at 2:30 PM at the number ending in 07",
    "Open a ticket about order 1007 with the subject where is my parcel",
    "Send in the desk lamp of order 1003 for repair: it flickers",
)
"""What the tools of the shop and of the warranty desk write."""


@pytest.mark.parametrize("language", sorted(QUESTIONS))
@pytest.mark.parametrize("summary", SHOP)
def test_the_shops_own_read_backs_are_taken_in_every_language(summary: str, language: str) -> None:
    question = QUESTIONS[language]
    spoken = f"{phrase(Phrase.NOT_YET, language)} {summary}. {question}"
    assert says_the_same(f"{summary}. {question}", spoken, language=language)
    assert not says_the_same(f"{summary}. {question}", f"{summary}.", language=language)


@pytest.mark.parametrize(
    "spoken",
    [
        'I\'ll open a ticket that says "yes, go ahead". Shall I go ahead?',
        "Open a ticket: yes go ahead. Is that okay?",
        "Shall I open a ticket with the text: yes go ahead?",
    ],
)
def test_the_callers_own_words_are_said_as_they_are(spoken: str) -> None:
    read_back = "Open a ticket: yes go ahead. Shall I go ahead?"
    assert says_the_same(read_back, spoken, language="en")


@pytest.mark.parametrize(
    "spoken",
    [
        "Yes, go ahead.",
        "I'll open a ticket. Shall I go ahead?",
        "I'll open a ticket. Is that a yes? Shall I go ahead?",
        "Open a ticket: please, yes go ahead. Shall I go ahead?",
        "Open a ticket: go ahead yes. Shall I go ahead?",
        "Open a ticket: yes go ahead and refund it. Shall I go ahead?",
        "Open a ticket and refund it: yes go ahead. Shall I go ahead?",
        "Don't open a ticket: yes go ahead. Shall I go ahead?",
        "Yes go ahead. Shall I go ahead?",
    ],
)
def test_other_words_than_the_callers_are_another(spoken: str) -> None:
    read_back = "Open a ticket: yes go ahead. Shall I go ahead?"
    assert not says_the_same(read_back, spoken, language="en")


@pytest.mark.parametrize("language", [None, "nl", "zh"])
def test_without_a_known_language_the_words_have_to_be_the_same(language: str | None) -> None:
    read_back = "Cancel order 1007, two lamps. Shall I go ahead?"
    assert says_the_same(
        read_back, "CANCEL order 1007; 2 lamps: shall I go ahead", language=language
    )
    assert not says_the_same(
        read_back, "I'll cancel order 1007, two lamps. Shall I go ahead?", language=language
    )


@pytest.mark.parametrize("language", ["en-GB", "en_us", "EN"])
def test_a_language_may_name_its_country(language: str) -> None:
    read_back = "Cancel order 1007. Shall I go ahead?"
    assert says_the_same(read_back, "I'll cancel order 1007. Is that OK?", language=language)


@pytest.mark.parametrize(
    ("language", "question", "is_asked"),
    [
        ("en", "Shall I go ahead.", True),
        ("en", "Shall I go ahead", True),
        ("en", "Is that right.", False),
        ("en", "Right?", True),
        ("en", "Right.", False),
        ("es", "¿Lo hago?", True),
        ("es", "Lo hago.", False),
        ("it", "Procedo", False),
        ("en", "Would you like me to?", True),
        ("en", "Are you okay?", False),
        ("en", "Are you okay with that?", True),
        ("en", "Is that right? Shall I go ahead?", False),
        ("en", "Why shall I go ahead?", False),
    ],
)
def test_a_question_has_to_ask_for_agreement(language: str, question: str, is_asked: bool) -> None:
    summary = {"en": "Renew 4 books", "es": "Renovar 4 libros", "it": "Rinnovare 4 libri"}[language]
    read_back = f"{summary}. {QUESTIONS[language]}"
    assert says_the_same(read_back, f"{summary}. {question}", language=language) is is_asked


def test_without_any_punctuation_the_question_to_be_asked_is_one() -> None:
    read_back = "Rinnovare 4 libri. Procedo?"
    assert says_the_same(read_back, "rinnovare 4 libri procedo", language="it")
    assert not says_the_same(read_back, "rinnovare 4 libri confermo", language="it")


def test_a_read_back_may_ask_in_other_words_than_usual() -> None:
    read_back = "Renew 4 books. Do you want me to do that?"
    assert says_the_same(read_back, "I'll renew four books. Shall I?", language="en")
    assert not says_the_same("Renew 4 books.", "Renew five books. Shall I?", language="en")


def test_a_long_summary_has_to_be_said_word_for_word() -> None:
    summary = "Cancel order 1007, " + ", ".join(f"{many} red mugs" for many in range(2, 90))
    read_back = f"{summary}. Shall I go ahead?"
    assert says_the_same(read_back, f"Just to confirm: {read_back}", language="en")
    other = read_back.replace("Cancel order", "I'll cancel order")
    assert not says_the_same(read_back, other, language="en")


@pytest.mark.parametrize(
    "piece",
    [
        "so ",
        "one ",
        "1 ",
        "a b 1 ",
        "at 9 ",
        "is that ok ",
        "und ",
        "🙂",
        "?",
        "a, b, ",
        "first of ",
    ],
)
@pytest.mark.parametrize("language", ["en", "it", None])
def test_a_text_of_8000_characters_is_read_at_once(piece: str, language: str | None) -> None:
    text = (piece * 8000)[:8000]
    short = "Cancel order 1007, one mouse. Shall I go ahead?"
    took = []
    for _ in range(3):  # the best of three: a collection of the whole run's garbage is not ours
        began = time.process_time()
        for read_back in (short, f"Cancel {text}. Shall I go ahead?"):
            says_the_same(read_back, f"Cancel: {text}. Is that OK?", language=language)
        took.append(time.process_time() - began)
    assert min(took) < 2  # measured: at most 0.2, and 0.6 where coverage is counted


@pytest.mark.parametrize(
    ("language", "summary", "spoken", "is_told"),
    [
        (
            "en",
            "Move the visit to Friday, free of charge",
            "Move the visit to Friday at no cost",
            True,
        ),
        ("en", "Move the visit to Friday, free of charge", "Move the visit to Friday", False),
        ("en", "Move the visit to Friday", "Move the visit to Friday, free of charge", False),
        ("en", "Order oil, no delivery charge", "Order oil, no charge for delivery", True),
        ("en", "Order oil, no delivery charge", "Order oil, with a delivery charge", False),
        ("en", "Order oil, no deposit, fee 5 pounds", "Order oil, no fee, deposit 5 pounds", False),
        ("de", "Den Kurs absagen, kostenlos", "Ich sage den Kurs ab, das kostet nichts", True),
        ("de", "Den Kurs absagen, ohne Lieferkosten", "Den Kurs absagen, keine Lieferkosten", True),
        ("de", "Den Kurs absagen, keine Kosten", "Den Kurs absagen, mit Kosten", False),
        (
            "de",
            "10 Liter Heizöl schwefelarm bestellen",
            "10 Liter schwefelarmes Heizöl bestellen",
            True,
        ),
        ("fr", "Annuler le cours, gratuit", "J'annule le cours, sans aucun frais", True),
        ("es", "Cancelar el curso, gratis", "Cancelo el curso, sin ningún coste", True),
        ("it", "Annullare il corso, gratis", "Annullo il corso, non costa nulla", True),
        ("pt", "Cancelar o curso, grátis", "Cancelo o curso, sem qualquer custo", True),
        ("en", "Order oil for delivery on May 3", "Order oil, to be delivered on May 3", True),
        ("en", "Rent a van, pick-up on May 3", "Rent a van, picked up on May 3", True),
        ("en", "Rent a van for pick-up on May 3", "Rent a van, dropped off on May 3", False),
        (
            "en",
            "Cancel the rowing course and switch Ida to the Tuesday group",
            "Cancel the Tuesday group and switch Ida to the rowing course",
            False,
        ),
        (
            "fr",
            "Annuler le cours et passer Ida au groupe du soir, gratuit",
            "Passer Ida au groupe du soir et annuler le cours, gratuit",
            True,
        ),
        (
            "fr",
            "Envoyer un plombier au 18 rue Basse, deuxième étage, demain",
            "Envoyer un plombier au deuxième étage du 18 rue Basse, demain",
            True,
        ),
        (
            "en",
            "Submit the return to the office and charge a fee of 9 pounds",
            "A fee of 9 pounds will be charged, and the return will be submitted to the office",
            True,
        ),
        (
            "en",
            "Submit the return to the office and charge a fee of 9 pounds",
            "The return will be charged, and a fee of 9 pounds will be submitted to the office",
            False,
        ),
        ("en", "Cancel the lamp and order the desk", "The lamp, cancel the desk and order", False),
        (
            "de",
            "Den Kurs absagen und Honorar von 20 Euro abrechnen",
            "Ich sage den Kurs ab und rechne das Honorar von 20 Euro ab",
            True,
        ),
        ("es", "Asignar el huerto 33 a D. Luis", "Asigno el huerto 33 a don Luis", True),
        ("es", "Asignar el huerto 33 a D. Luis", "Asigno el huerto 33 a doña Luis", False),
        (
            "it",
            "Prenotare l'accordatura del pianoforte giovedì",
            "Il pianoforte sarà accordato giovedì, prenoto",
            True,
        ),
        (
            "fr",
            "Réserver l'accordage du piano lundi",
            "Le piano a été accordé lundi, je réserve",
            False,
        ),
        ("en", "Move the tire change to May 3", "I'll move the tire change to May 3", True),
    ],
)
def test_what_costs_nothing_and_what_is_told_in_another_place(
    language: str, summary: str, spoken: str, *, is_told: bool
) -> None:
    assert is_same(language, summary, spoken) is is_told
