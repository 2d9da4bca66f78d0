"""Google as an OpenID provider, or another one in its place: where it is asked, and what it is believed."""

import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from services.auth.settings import Settings
from services.auth.tables import Profile
from services.chassis import errors, jose
from services.chassis.logs import log
from services.chassis.tokens import TYPE, KeyRing

_TIMEOUT_SECONDS = 4.0
_LARGEST = 256 * 1024
_DISCOVERED_SECONDS = 3600.0
_ALGORITHMS = ("RS256", "ES256", "EdDSA")
_GOOGLE = "https://accounts.google.com"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class _Refused(Exception):  # noqa: N818 - what the provider said, not what went wrong here
    """The provider answered that it will not."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Neither the client's secret nor a code is carried to where an answer points."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Google:
    """The provider that the settings name: Google's own addresses are found by its discovery document, as any other's."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.google_issuer.rstrip("/")
        # Google's tokens carry its name in one of two forms.
        self._issuers = (self._issuer, self._issuer.removeprefix("https://")) if self._issuer == _GOOGLE else (self._issuer,)
        self._client_id = settings.google_client_id
        self._secret = settings.google_client_secret.get_secret_value()
        self._redirect_uri = settings.google_redirect_uri or f"{settings.public_url.rstrip('/')}/api/auth/google/callback"
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._keys = KeyRing(lambda: self._ask(self._endpoint("jwks_uri")), _ALGORITHMS)
        self._found: tuple[float, dict[str, str]] = (-_DISCOVERED_SECONDS, {})
        self._lock = threading.Lock()

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. Raises FailedPrecondition / GOOGLE_OFF, Unavailable / GOOGLE_UNAVAILABLE."""
        if not self._client_id:
            raise errors.FailedPrecondition("GOOGLE_OFF", "signing in with Google is not set up here")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code", "client_id": self._client_id, "redirect_uri": self._redirect_uri, "scope": "openid email profile",
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self._endpoint('authorization_endpoint')}?{urllib.parse.urlencode(query)}"

    def is_from(self, issuer: str) -> bool:
        """Whether an answer that names its issuer (RFC 9207) is this provider's; one that names none may be."""
        return not issuer or issuer in self._issuers

    def redeem(self, code: str, verifier: str, nonce: str) -> Profile:
        """Exchanges a code for what the provider says of the person who signed in there with this nonce.

        Raises Unauthenticated / SIGN_IN_REFUSED, ID_TOKEN_INVALID; Unavailable / GOOGLE_UNAVAILABLE.
        """
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect_uri, "client_id": self._client_id,
            "client_secret": self._secret, "code_verifier": verifier,
        }  # fmt: skip
        try:
            answer = self._ask(self._endpoint("token_endpoint"), form)
        except _Refused as problem:
            raise errors.Unauthenticated("SIGN_IN_REFUSED", "Google did not accept this sign-in; begin again") from problem
        try:
            return self._read(str(answer["id_token"]), nonce)
        except (jose.Invalid, KeyError, ValueError) as problem:
            raise errors.Unauthenticated("ID_TOKEN_INVALID", "what Google answered does not hold; begin again") from problem

    def _read(self, token: str, nonce: str) -> Profile:
        """What an id token says (OpenID Connect Core, 3.1.3.7). Raises jose.Invalid or KeyError."""
        if jose.header_of(token).get("typ") == TYPE:  # an access token, by whatever key, is no id token
            raise jose.Invalid
        claims = jose.claims_of(
            jose.verify(token, self._keys.key), issuers=self._issuers, audience=self._client_id, now=time.time()
        )  # fmt: skip
        if claims.get("azp", self._client_id) != self._client_id or not hmac.compare_digest(
            _text(claims, "nonce").encode(), nonce.encode()
        ):
            raise jose.Invalid
        return Profile(
            issuer=self._issuer, subject=_text(claims, "sub"), email=_text(claims, "email", ""), is_email_verified=claims.get("email_verified") is True,
            first_name=_text(claims, "given_name", "")[:100], last_name=_text(claims, "family_name", "")[:100],
            picture_url=_text(claims, "picture", ""),
        )  # fmt: skip

    def _endpoint(self, name: str) -> str:
        with self._lock:
            read_at, found = self._found
            if time.monotonic() - read_at >= _DISCOVERED_SECONDS:
                document = self._ask(f"{self._issuer}/.well-known/openid-configuration")
                scheme = self._issuer.partition("://")[0]
                found = {each: str(document.get(each, "")) for each in _ENDPOINTS}
                if document.get("issuer") != self._issuer or any(
                    not url.startswith(("https://", f"{scheme}://")) for url in found.values()
                ):
                    log.error("the discovery document is another issuer's, or names addresses without TLS", extra={"issuer": self._issuer})
                    raise _away()
                self._found = (time.monotonic(), found)
            return found[name]

    def _ask(self, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that is there. Raises Unavailable / GOOGLE_UNAVAILABLE, or _Refused where a form is not accepted."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, data, {"accept": "application/json"})  # noqa: S310 - the operator's address, or one that it named
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
                answer = json.loads(response.read(_LARGEST))
        except urllib.error.HTTPError as problem:
            if form is not None and problem.code == 400 and b"invalid_client" not in problem.read(_LARGEST):
                raise _Refused from problem
            log.error("the OpenID provider refused us", extra={"status": problem.code})
            raise _away() from problem
        except (OSError, ValueError, HTTPException) as problem:
            log.warning("the OpenID provider does not answer", extra={"problem": type(problem).__name__})
            raise _away() from problem
        if not isinstance(answer, dict):
            raise _away()
        return answer


def _text(claims: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = claims[name] if default is None else claims.get(name, default)
    if not isinstance(value, str) or "\x00" in value or (default is None and not value):
        raise jose.Invalid
    return value


def _away() -> errors.Unavailable:
    return errors.Unavailable("GOOGLE_UNAVAILABLE", "Google does not answer; try again, or sign in with your password")
