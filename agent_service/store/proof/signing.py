"""Signatures of anchors: Ed25519, so that whoever has the public key alone can check them."""

from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from agent_service.errors import SettingsError
from agent_service.private_files import read_file
from agent_service.store.proof.anchors import Signer

_REMEDY: Final = "make one: openssl genpkey -algorithm ed25519 -out FILE"


def read_signer(path: Path) -> Signer:
    """Return what signs with the private key in a file; SettingsError says why it cannot."""
    try:
        private = load_pem_private_key(read_file(path).encode(), password=None)
    except (ValueError, TypeError) as error:  # TypeError: it is locked by a password
        raise _unusable(path, "cannot be read as a private key without a password") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(path, "is not of an Ed25519 key")
    key = private.public_key().public_bytes_raw().hex()
    return Signer(key, lambda text: private.sign(text.encode()).hex())


def is_signed(key: str, text: str, signature: str) -> bool:
    """Tell whether the private key of the public ``key`` made the signature of the text."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _unusable(path: Path, why: str) -> SettingsError:
    return SettingsError([f"service.toml: proof.key_file = {str(path)!r} {why}: {_REMEDY}"])
