"""The carriers that the settings name."""

from agent_service.settings import PhoneSettings
from agent_service.web.phone.line import PhoneLine
from agent_service.web.phone.twilio import twilio_line


def phone_lines(phone: PhoneSettings) -> list[PhoneLine]:
    """Return the line of each carrier for which there is what its signatures are checked with."""
    lines = []
    if phone.twilio_auth_token is not None:
        lines.append(twilio_line(phone.twilio_auth_token.get_secret_value()))
    return lines
