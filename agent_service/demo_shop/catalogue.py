"""What the demo shop sells, and what its help pages say."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ware:
    sku: str
    name: str
    price_minor: int
    warranty_months: int = 24


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    title: str
    body: str
    keywords: str


WARES: Final = (
    Ware("AUD-100", "Wireless headphones", 7999),
    Ware("AUD-110", "Bluetooth speaker", 4950),
    Ware("AUD-120", "Studio microphone", 11900),
    Ware("CMP-200", "Wireless mouse", 2499),
    Ware("CMP-210", "Mechanical keyboard", 8900),
    Ware("CMP-220", "Laptop stand", 3450),
    Ware("CMP-230", "USB-C cable", 1295, 12),
    Ware("CMP-240", "Webcam", 5990),
    Ware("CMP-250", "Docking station", 14900),
    Ware("HOM-300", "Desk lamp", 3900),
    Ware("HOM-310", "Coffee grinder", 6450),
    Ware("HOM-320", "Electric kettle", 4200),
    Ware("HOM-330", "Air purifier", 12990),
    Ware("HOM-340", "Robot vacuum", 24900),
    Ware("OUT-400", "Backpack", 5900),
    Ware("OUT-410", "Water bottle", 1850, 12),
    Ware("OUT-420", "Head torch", 2790),
    Ware("STA-500", "Notebook", 950, 12),
    Ware("STA-510", "Fountain pen", 3200),
    Ware("PHO-600", "Phone case", 1990, 12),
    Ware("PHO-610", "Fast charger", 2950),
    Ware("PHO-620", "Tablet sleeve", 2350, 12),
)

ARTICLES: Final = (
    Article(
        "returns",
        "Returning an order",
        "You can return anything within 30 days of delivery, also when it has been opened."
        " Ask us to start the return and we send a prepaid label by email. Drop the parcel at"
        " any post office. Your money goes back to the way you paid within five working days"
        " after the parcel reaches us.",
        "send back, give back, do not like, changed my mind, return policy, return window, label",
    ),
    Article(
        "refunds",
        "When a refund arrives",
        "A refund goes back to the card or account that paid. We ask the payment provider for"
        " it the same day; banks take up to five working days to show it. Delivery costs are"
        " refunded when the whole order comes back.",
        "money back, get money, money returned, refund time, how long refund, reimbursed, credit",
    ),
    Article(
        "exchanges",
        "Exchanging an item",
        "Within 30 days of delivery an item can be exchanged for another of the same or a"
        " lower price. The new item leaves our warehouse as soon as the parcel with the old"
        " one has been scanned.",
        "swap, different size, different colour, replace",
    ),
    Article(
        "shipping",
        "Shipping times and costs",
        "Standard delivery takes two to four working days and costs $4.90; it is free"
        " from $50. Express delivery arrives the next working day and costs $12."
        " We ship to the United States and Canada.",
        "delivery cost, delivery time, how long delivery, postage, express, free shipping, abroad,"
        " international",
    ),
    Article(
        "tracking",
        "Tracking a parcel",
        "As soon as a parcel leaves our warehouse we email its tracking number. The carrier's"
        " page shows the first scan within a day. A parcel without any news for five working"
        " days counts as lost: we then send the goods again or refund them, as you like.",
        "where is my parcel, tracking link, no updates, lost parcel, missing package",
    ),
    Article(
        "cancelling",
        "Cancelling an order",
        "An order can be cancelled free of charge until it has been packed. After that,"
        " please let it arrive and return it. Your card is only charged when the parcel leaves"
        " our warehouse, so a cancelled order costs nothing.",
        "stop order, ordered by mistake, cancel fee",
    ),
    Article(
        "warranty",
        "Warranty and repairs",
        "Electronic goods carry a warranty of 24 months from delivery, accessories one of 12"
        " months. If something breaks in that time we repair it, replace it or refund it."
        " Damage from water or a fall is not covered.",
        "broken, defective, guarantee, repair, stopped working, faulty, does not turn on",
    ),
    Article(
        "damaged",
        "Something arrived damaged or is missing",
        "Tell us within 14 days of delivery. Keep the packaging and, if you can, take a"
        " photo. We send a replacement at once, or refund you; you need not send the damaged"
        " item back first.",
        "arrived broken, wrong item, missing part, damaged parcel, incomplete",
    ),
    Article(
        "payment",
        "Ways to pay",
        "We take Visa, Mastercard, American Express, PayPal and bank transfer. Cards are"
        " charged when the parcel leaves our warehouse. We never ask for a card number by"
        " phone or chat.",
        "credit card, paypal, payment method, accept, charged, pay later, instalments",
    ),
    Article(
        "invoice",
        "Getting an invoice",
        "The invoice is attached to the email that says your parcel has left. To have it sent"
        " again, or made out to a company, ask us and name the order.",
        "receipt, bill, vat, tax, company invoice",
    ),
    Article(
        "opening-hours",
        "When we are there",
        "Our team answers Monday to Friday from 9 in the morning to 6 in the evening and"
        " Saturday from 10 to 2, Eastern time. This assistant answers around the clock.",
        "open, opening times, business hours, weekend, sunday, speak to a person, phone line",
    ),
    Article(
        "address",
        "Changing the delivery address",
        "The delivery address of an order can be changed until it has been packed. To keep"
        " your account safe we first send a code to the phone number or email address that we"
        " have on file.",
        "moved, wrong address, new address, deliver elsewhere",
    ),
    Article(
        "account",
        "Your account and your data",
        "You can see, correct and delete your data under My account. Deleting the account"
        " keeps the invoices, which the law makes us keep for seven years.",
        "privacy, delete account, password, login, gdpr, data protection",
    ),
    Article(
        "gift-cards",
        "Gift cards",
        "Gift cards are valid for three years and can be used for several orders until"
        " nothing is left. They cannot be paid out, and what was paid with one is refunded to"
        " it.",
        "voucher, coupon, gift, balance",
    ),
)
