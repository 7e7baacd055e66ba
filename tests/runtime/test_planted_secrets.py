"""What is planted, in whatever way words come, is in no file of the database, log or export."""

from pathlib import Path

from planted_secrets import WAYS, found, plant

from agent_service.redaction import STRICT, Action, Identifier, Policy


def test_planted_secrets_are_found_nowhere(tmp_path: Path) -> None:
    planted = plant(60)
    assert {secret.way for secret in planted} == set(WAYS)
    assert found(planted, tmp_path) == []


def test_what_a_policy_keeps_is_in_rows_and_exports_and_in_no_line(tmp_path: Path) -> None:
    policy = Policy({**STRICT.actions, Identifier.PHONE: Action.KEEP})
    left = found(plant(60), tmp_path, policy)
    assert {secret.line.kind for secret, _ in left} == {"phone"}
    assert {name for _, name in left} >= {"service.db", "export"}
    assert "lines.log" not in {name for _, name in left}
