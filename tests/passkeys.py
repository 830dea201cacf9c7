"""A passkey that is in nobody's hand: what its registration would have left."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ID = b"a passkey of a test"


def kept(user: Any, name: str = "Essai") -> Authenticator:
    """Keep a passkey for a user."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(b"\0" * 16, ID, key)
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
    data = AuthenticatorData.create(b"\0" * 32, flags, 0, credential)
    told = CollectedClientData.create("webauthn.create", b"challenge", "https://portail.example")
    response = {
        "clientDataJSON": websafe_encode(told),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    registration = {"id": websafe_encode(ID), "rawId": websafe_encode(ID), "type": "public-key", "response": response}
    held = {"name": name, "credential": registration}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=held)
