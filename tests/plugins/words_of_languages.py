# ruff: noqa: RUF001  callers write every script
"""Texts in many languages, what must be found in them, and what must not."""

from typing import NamedTuple


class Said(NamedTuple):
    """A text, queries that find it, queries that do not."""

    text: str
    found: tuple[str, ...]
    missed: tuple[str, ...] = ()


SAID = (
    Said(
        "我的订单1004在哪里？",
        ("1004", "订单", "我的订单", "在哪里", "100*", "订单1004"),
        ("100", "单订"),
    ),
    Said(
        "我要退款，谢谢", ("退款", "退款，谢谢", "退款*", '"我要 退款"', "退 款"), ("款退", "退谢")
    ),
    Said("注文番号1004の配送状況", ("1004", "注文番号", "配送", "配送状況", "の"), ("注文配送",)),
    Said("返品したいです。ｶﾞﾗｽ", ("返品", "ガラス", "返品したい"), ("ガラズ",)),
    Said("ขอคืนเงินค่ะ คำสั่งซื้อ ๑๐๐๔", ("คืนเงิน", "1004", "คำสั่งซื้อ"), ("เงินคืน",)),
    Said("주문 1004번 환불해 주세요", ("환불", "1004", "주문", "환불해 주세요"), ("불환",)),
    Said(
        "Ein Café in der Straße",
        ("cafe", "CAFÉ", "cafe\u0301", "strasse", "STRASSE"),
        ("caf", "stras"),
    ),
    Said("El niño quiere un reembolso mañana", ("nino", "NIÑO", "manana", "niño"), ("nin",)),
    Said("Ёлка стоит 1004₽", ("елка", "ёлка", "ЕЛКА", "1004"), ("елк",)),
    Said("οδός Ερμού", ("οδος", "ΟΔΟΣ", "ερμου"), ()),
    Said("İstanbul'da kız", ("istanbul", "İSTANBUL", "ISTANBUL", "KIZ", "kız"), ()),
    Said("می‌خواهم سفارش ۱۰۰۴ را", ("خواهم", "می‌خواهم", "1004", "۱۰۰۴"), ()),
    Said("أُريدُ استرداد طلبي ١٠٠٤", ("اريد", "أريد", "1004", "استرداد"), ()),
    Said("מָתַי יגיע המשלוח", ("מתי", "מָתַי", "המשלוח"), ()),
    Said("re\u00adfund re\u200bturn", ("refund", "return"), ("fund",)),
    Said("Ｏｒｄｅｒ １００４", ("order 1004", "１００４", "order"), ("orde",)),
    Said("Great 🎉 thanks 👍🏽", ("🎉", "👍", "👍🏽", '"great 🎉"'), ("🎈",)),
    Said(
        "RMA1004 costs €49.90, the 10th",
        ("1004", "RMA1004", "rma", "49.90", "49", "10th", "10"),
        ("100",),
    ),
    Said(
        "order 1004 and 1005",
        ('"order 10*"', '"order 1004"', "order 10*", '"order 10"*'),
        ('"order 1005*"',),
    ),
    Said("½ litre, 1½ and 10² of it", ("1½", "½", "10"), ("102", "11")),
)
"""By which the rule was made."""

HELD_APART = (
    Said("請問訂單A-2207何時出貨", ("2207", "訂單", "A-2207", "出貨", "何時"), ("220", "單訂")),
    Said(
        "快递单号SF1234567890什么时候到",
        ("1234567890", "sf1234567890", "单号", "什么时候", "123456*"),
        ("234567",),
    ),
    Said("クーポンが使えません😢", ("クーポン", "使え", "😢", "ｸｰﾎﾟﾝ"), ("クボン",)),
    Said("배송이 언제 오나요? 주문번호2207", ("배송", "2207", "주문번호", "언제"), ("번호주문",)),
    Said("ຂໍເງິນຄືນ 2207", ("ເງິນ", "ຄືນ", "2207"), ("ນເຄ",)),
    Said("ខ្ញុំចង់បានប្រាក់វិញ", ("ប្រាក់", "ចង់"), ("ឈ្មោះ",)),
    Said("ငွေပြန်အမ်းပါ ၂၂၀၇", ("ပြန်", "2207", "ငွေ"), ("၁၁",)),
    Said("मेरा ऑर्डर २२०७ कहाँ है", ("ऑर्डर", "2207", "कहाँ", "मेरा"), ("ऑर्ड",)),
    Said("আমার অর্ডার ২২০৭ কোথায়", ("অর্ডার", "2207", "কোথায়", "কোথায\u09bc"), ("অর্ড",)),
    Said("என் ஆர்டர் எங்கே", ("ஆர்டர்", "எங்கே"), ("ஆர்",)),
    Said("Gdzie jest moja paczka? Łódź, żółć", ("lodz", "ŁÓDŹ", "zolc", "żółć"), ("lod",)),
    Said("Đơn hàng số 2207 của tôi ở đâu", ("don hang", "ĐƠN", "dau", "số", "2207"), ("do",)),
    Said("Smørrebrød og ærter", ("smorrebrod", "SMØRREBRØD", "aerter"), ("smor",)),
    Said("Où est ma commande ? L’œuvre", ("ou", "OÙ", "oeuvre", "œuvre", "l'œuvre"), ("uvre",)),
    Said("Где мой заказ №2207?", ("2207", "мой", "МОЙ", "заказ*", "№2207"), ("220",)),
    Said("Об’єкт не доставлено", ("об'єкт", "обʼєкт", "єкт", "ОБ’ЄКТ"), ("об'єк",)),
    Said("Wo ist Bestellung Nr.2207/B?", ("2207", "2207/B", "nr.2207", "22*"), ("207",)),
    Said("Ürün iadesi için ŞİŞLİ", ("urun", "ÜRÜN", "sisli", "şişli", "icin"), ("sisl",)),
    Said("הזמנה מס׳ 2207", ("2207", "הזמנה"), ("220",)),
    Said("کتاب‌های من", ("کتاب", "كتاب", "من"), ("کتا",)),
    Said("1️⃣ first, ②second 🇩🇪 👨‍👩‍👧 ❤️", ("1", "2", "second", "🇩🇪", "👨‍👩‍👧", "❤", "❤️"), ("🇫🇷",)),
    Said("ﬁnal oﬀer ㎏ Ⅳ", ("final", "offer", "kg", "IV"), ("nal",)),
    Said("Rück\u00adgabe Zu\u2060stellung", ("rückgabe", "ruckgabe", "zustellung"), ("gabe",)),
    Said("iPhone15Pro und B2B", ("15", "iphone", "iphone15pro", "b2b", "pro"), ("phone",)),
    Said("ቅደም ተከተል 2207", ("2207", "ተከተል"), ("ተከ",)),
    Said(
        "“Quoted words” here", ("“quoted words”", "«words»", "„quoted words“"), ("“words quoted”",)
    ),
)
"""Written without looking at what the rule made of them."""
