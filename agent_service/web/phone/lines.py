"""The carriers that the settings name."""

from agent_service.clock import Clock
from agent_service.settings import PhoneSettings
from agent_service.web.phone.acs import acs_line
from agent_service.web.phone.line import PhoneLine
from agent_service.web.phone.plivo import plivo_line
from agent_service.web.phone.telnyx import telnyx_line
from agent_service.web.phone.twilio import twilio_line
from agent_service.web.phone.vonage import vonage_line


def phone_lines(phone: PhoneSettings, clock: Clock) -> list[PhoneLine]:
    """Return the line of each carrier for which there is what its signatures are checked with."""
    lines = []
    if phone.twilio_auth_token is not None:
        lines.append(twilio_line(phone.twilio_auth_token.get_secret_value()))
    if phone.telnyx_public_key is not None:
        lines.append(telnyx_line(phone.telnyx_public_key))
    if phone.plivo_auth_token is not None:
        lines.append(plivo_line(phone.plivo_auth_token.get_secret_value()))
    if phone.vonage_signature_secret is not None:
        lines.append(vonage_line(phone.vonage_signature_secret.get_secret_value()))
    if phone.acs_connection_string is not None and phone.acs_event_secret is not None:
        lines.append(
            acs_line(
                phone.acs_connection_string.get_secret_value(),
                phone.acs_event_secret.get_secret_value(),
                phone.public_url or "",
                clock,
            )
        )
    return lines
