"""Keys and signatures in the form of minisign (https://jedisct1.github.io/minisign/, "Signature format").

Each is a line of comment and a line of Base64.  A signature signs the BLAKE2b-512 of the file (Ed25519, RFC 8032), and
another one the first together with the trusted comment, which says when and what.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error
from contextlib import suppress

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from convert.errors import ConvertError
from convert.messages import Message, message

_PURE, _HASHED = b"Ed", b"ED"
"""Algorithms: of the file itself, which old versions wrote, and of its hash."""
_SCRYPT, _NO_PASSWORD, _BLAKE2B = b"Sc", b"\0\0", b"B2"
_UNTRUSTED, _TRUSTED = "untrusted comment: ", "trusted comment: "
_NUMBER, _KEY, _SIGNATURE, _SUM, _SALT = 8, 32, 64, 32, 32
_SENSITIVE = 33554432, 1 << 30
"""Limits of operations and of memory in bytes with which libsodium makes a key of a password."""
_LARGEST = 2 << 30
"""Most bytes of memory that a key file may ask for."""


class SigningError(ConvertError):
    """Error of a key or a signature that cannot be used."""


class PublicKey(Struct, frozen=True):
    """Key that signatures are verified with."""

    number: bytes
    """Number of the key, by which a signature names it."""
    key: bytes

    @property
    def name(self) -> str:
        """Return the number as minisign shows it."""
        return self.number[::-1].hex().upper()

    def text(self) -> str:
        """Return the line of the key, as it is published."""
        return b64encode(_PURE + self.number + self.key).decode()


class SecretKey(Struct, frozen=True):
    """Key that signatures are made with."""

    number: bytes
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """Return the key that verifies its signatures."""
        return PublicKey(self.number, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())


class Signature(Struct, frozen=True):
    """Signature of a file."""

    number: bytes
    hashed: bool
    signature: bytes
    comment: str
    """The trusted comment."""
    of_comment: bytes

    def verifies(self, data: bytes, key: PublicKey) -> bool:
        """Return True if the key signed these bytes and the comment."""
        signed = hashlib.blake2b(data).digest() if self.hashed else data
        public = Ed25519PublicKey.from_public_bytes(key.key)
        with suppress(InvalidSignature):
            public.verify(self.signature, signed)
            public.verify(self.of_comment, self.signature + self.comment.encode())
            return self.number == key.number
        return False

    @property
    def moment(self) -> int:
        """Return the seconds since 1970 in the trusted comment, 0 if it says nothing."""
        for part in self.comment.split("\t"):
            name, _, value = part.partition(":")
            if name == "timestamp" and value.isascii() and value.isdigit() and len(value) < 13:
                return int(value)
        return 0


# --- writing ----------------------------------------------------------------------------------------------------------


def new_key() -> SecretKey:
    """Return a new key from the system's source of random numbers."""
    return SecretKey(os.urandom(_NUMBER), os.urandom(_KEY))


def sign(data: bytes, key: SecretKey, moment: int, name: str) -> str:
    """Return the signature file of a file's bytes; the comment has the moment, in seconds since 1970, and its name."""
    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    signature = private.sign(hashlib.blake2b(data).digest())
    comment = f"timestamp:{moment}\tfile:{name}\thashed"
    of_comment = private.sign(signature + comment.encode())
    return (
        f"{_UNTRUSTED}signature of archive-convert\n{b64encode(_HASHED + key.number + signature).decode()}\n"
        f"{_TRUSTED}{comment}\n{b64encode(of_comment).decode()}\n"
    )


def public_file(key: PublicKey) -> str:
    """Return the file of a public key."""
    return f"{_UNTRUSTED}minisign public key {key.name}\n{key.text()}\n"


def secret_file(key: SecretKey, password: str = "") -> str:
    """Return the file of a secret key, encrypted if there is a password."""
    pair = key.number + key.seed + key.public.key
    salt, limits, method = os.urandom(_SALT), _SENSITIVE, _SCRYPT
    if password:
        pair = _masked(pair + _checksum(pair), password, salt, *limits)
    else:  # minisign writes no checksum here
        pair += bytes(_SUM)
        salt, limits, method = bytes(_SALT), (0, 0), _NO_PASSWORD
    head = _PURE + method + _BLAKE2B + salt + b"".join(each.to_bytes(8, "little") for each in limits)
    kind = "encrypted" if password else "unencrypted"
    return f"{_UNTRUSTED}minisign {kind} secret key\n{b64encode(head + pair).decode()}\n"


# --- reading ----------------------------------------------------------------------------------------------------------


def read_public(text: str) -> PublicKey:
    """Return the public key of a file, or of its line alone.

    Raises:
        SigningError: it is none.
    """
    data = _decoded(_line(text), len(_PURE) + _NUMBER + _KEY, message("this is no public key of minisign"))
    if not data.startswith(_PURE):
        raise SigningError("this is no public key of minisign")
    return PublicKey(data[2:10], data[10:])


def read_secret(text: str, password: str = "") -> SecretKey:
    """Return the secret key of a file.

    Raises:
        SigningError: it is none, or the password is wrong or missing.
    """
    head = len(_PURE + _SCRYPT + _BLAKE2B) + _SALT + 16
    fault = message("this is no secret key of minisign")
    data = _decoded(_line(text), head + _NUMBER + 2 * _KEY + _SUM, fault)
    method, pair = data[2:4], data[head:]
    if not data.startswith(_PURE) or data[4:6] != _BLAKE2B or method not in (_SCRYPT, _NO_PASSWORD):
        raise SigningError(fault)
    if method == _SCRYPT:
        if not password:
            raise SigningError("the secret key is encrypted; put its password into the variable CONVERT_KEY_PASSWORD")
        limits = (int.from_bytes(data[start : start + 8], "little") for start in (38, 46))
        pair = _masked(pair, password, data[6:38], *limits)
    number, seed, public, checksum = pair[:8], pair[8:40], pair[40:72], pair[72:]
    if method == _SCRYPT and not hmac.compare_digest(_checksum(pair[:-_SUM]), checksum):
        raise SigningError("the password of the secret key is wrong, or its file is damaged")
    key = SecretKey(number, seed)
    if key.public.key != public:
        raise SigningError(fault)
    return key


def read_signature(text: str) -> Signature:
    """Return the signature of a file.

    Raises:
        SigningError: it is none.
    """
    fault = message("this is no signature of minisign")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) != 4 or not lines[0].startswith(_UNTRUSTED) or not lines[2].startswith(_TRUSTED):
        raise SigningError(fault)
    data = _decoded(lines[1], 2 + _NUMBER + _SIGNATURE, fault)
    if data[:2] not in (_PURE, _HASHED):
        raise SigningError(fault)
    of_comment = _decoded(lines[3], _SIGNATURE, fault)
    return Signature(data[2:10], data[:2] == _HASHED, data[10:], lines[2].removeprefix(_TRUSTED), of_comment)


def _checksum(pair: bytes) -> bytes:
    return hashlib.blake2b(_PURE + pair, digest_size=_SUM).digest()


def _line(text: str) -> str:
    """Return the line of a key below its comment."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return lines[1] if len(lines) == 2 and lines[0].startswith(_UNTRUSTED) else text.strip()


def _decoded(line: str, size: int, fault: Message) -> bytes:
    with suppress(Error, ValueError):
        data = b64decode(line, validate=True)
        if len(data) == size:
            return data
    raise SigningError(fault)


def _masked(pair: bytes, password: str, salt: bytes, operations: int, memory: int) -> bytes:
    """Return a pair of keys encrypted or decrypted by a password, with libsodium's choice of scrypt's numbers.

    Raises:
        SigningError: they ask for too much memory.
    """
    # crypto_pwhash_scryptsalsa208sha256: 8 blocks; either the operations or the memory decide the cost
    operations = max(operations, 1 << 15)
    most = operations // 32 if operations < memory // 32 else memory // 1024
    power = 1
    while power < 63 and (1 << power) <= most // 2:
        power += 1
    parallel = 1 if operations < memory // 32 else min(operations // 4 // (1 << power), 0x3FFFFFFF) // 8
    if (needed := 1024 << power) > _LARGEST:
        raise SigningError("the secret key asks for more memory than keys of minisign do; its file may be damaged")
    mask = hashlib.scrypt(
        password.encode(), salt=salt, n=1 << power, r=8, p=max(parallel, 1), maxmem=needed + (64 << 20), dklen=len(pair)
    )
    return bytes(one ^ other for one, other in zip(pair, mask, strict=True))
