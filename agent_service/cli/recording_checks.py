"""What ``doctor`` says of recordings: who is recorded, and whether their storage answers."""

from agent_service.cli.checks import Finding, Verdict
from agent_service.errors import SettingsError
from agent_service.from_settings import recording_storage
from agent_service.recording.storage import RecordingAway
from agent_service.settings import Settings

_REMEDY = (
    "set recording.storage_url, its storage_options and the store's keys; "
    "until it answers, recordings wait in data_dir"
)


def check_recordings(settings: Settings) -> Finding:
    """Look whether recordings could be kept; nothing is written."""
    names = [name for name, agent in settings.agents.items() if agent.recording.mode != "off"]
    who = f"of {', '.join(names)}" if names else "of no agent"
    try:
        recording_storage(settings).probe()
    except (SettingsError, RecordingAway) as error:
        words = error.message.removesuffix(".")
        return Finding(Verdict.BAD, "recordings", words, _REMEDY, error.code)
    where = settings.recording.storage_url or str(settings.recordings_folder)
    return Finding(Verdict.GOOD, "recordings", f"{who}, kept in {where}")
