"""What tells who somebody is goes, as the policy has it; numbers of other things stay."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.redaction import (
    AS_GIVEN,
    STRICT,
    Action,
    Identifier,
    Pattern,
    Policy,
    kept_under,
    redact,
)

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"my account is {IBAN}.", "my account is [redacted iban]."),
        ("delta echo eight nine, 3704 0044 0532 0130 00", "[redacted iban]"),
        ("GB29 NWBK 6016 1331 9268 19", "[redacted iban]"),
        ("IBAN DE89 3704 0044 0532 0130 01", "IBAN [redacted iban]"),  # misheard
        ("write to jane.doe@example.com, please", "write to [redacted email], please"),
        ("juan guion bajo perez arroba gmail punto com", "[redacted email]"),
        ("j a n e 4 2 at g m a i l dot com", "[redacted email]"),
        ("call me on 0171 1234567", "call me on [redacted phone]"),
        ("(+49) 171 1234567", "[redacted phone]"),
        ("06 12 34 56 78", "[redacted phone]"),
        ("(212) 736-5000", "[redacted phone]"),
        ("my ssn is 078-05-1120", "my ssn is [redacted national id]"),
        ("RSSMRA85T10A562S", "[redacted national id]"),
        ("AB 12 34 56 C", "[redacted national id]"),
        ("it is 86095742719, my tax ID", "it is [redacted national id], my tax ID"),
        ("passport number is C01X00T47", "passport number is [redacted national id]"),
        ("the code that you sent is 482 913", "the code that you sent is [redacted security code]"),
        ("my PIN is four five six one", "my PIN is [redacted security code]"),
    ],
)
def test_it_goes(said: str, kept: str) -> None:
    assert kept_under(STRICT, said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "order 1004 and order 1007",
        "my orders are 4003 4004 4005",
        "order number 0171 1234567",
        "ticket 48213",
        "I bought it at amazon dot com",
        "the voucher code is 482913",
        "01.03.2026 12:30 and 2026-03-01",
        "parcel 00340434161094021501",
        "tracking 1Z999AA10123456784",
        "the router shows 192.168.178.1",
        "tool_call_id call_12345678",
        "6f1ed002ab5595859014ebf0951522d9",
        "018f3b2e-1111-7000-8000-123456789abc",
        "1234567 is my customer number",
        "my phone broke, and it is 449.95",
    ],
)
def test_it_stays(said: str) -> None:
    assert kept_under(STRICT, said) == said


@pytest.mark.parametrize("kind", list(Identifier))
def test_each_kind_has_a_policy_of_its_own(kind: Identifier) -> None:
    said = {
        Identifier.SECURITY_CODE: "my PIN is 4561",
        Identifier.IBAN: f"pay {IBAN}",
        Identifier.EMAIL: "to jane@example.com",
        Identifier.PHONE: "call +49 171 1234567",
        Identifier.NATIONAL_ID: "my ssn is 078-05-1120",
    }[kind]
    assert kept_under(AS_GIVEN, said) == said
    keeping = Policy({**STRICT.actions, kind: Action.KEEP})
    assert kept_under(keeping, said) == said
    dropping = Policy({**AS_GIVEN.actions, kind: Action.DROP})
    assert kept_under(dropping, said) == f"[dropped {kind.replace('_', ' ')}]"


def test_a_pattern_of_the_companys_own() -> None:
    pattern = Pattern("policy", re.compile(r"POL-\d{8}"))
    assert kept_under(Policy(patterns=(pattern,)), "about POL-12345678.") == (
        "about [redacted policy]."
    )


def test_a_field_may_say_what_its_value_is() -> None:
    assert kept_under(STRICT, "01711234567", "customer_phone") == "[redacted phone]"
    assert kept_under(STRICT, "01711234567", "order_number") == "01711234567"
    assert kept_under(STRICT, "1711234567", "call_id") == "1711234567"


@given(st.text())
def test_a_second_time_changes_nothing(text: str) -> None:
    once = redact(kept_under(STRICT, text))
    assert redact(kept_under(STRICT, once)) == once


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["DE89 1 ", "a at ", "a dot ", "0 ", "x@", "0171 1234567, "])
def test_what_is_long_is_read_in_time(piece: str) -> None:
    kept_under(STRICT, piece * (20_000 // len(piece)))
