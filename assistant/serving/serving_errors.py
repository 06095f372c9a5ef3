"""Errors of serving, as one tree under that of `client`, so that the command line needs to know one tree only.

ClientError
  ServingError          a face could not be opened; its text is one sentence with the cure
    AddressError        the address cannot be used: taken, not allowed, not of this machine
    SecretsError        the secrets cannot be read, written or used
"""

from __future__ import annotations

from client.client_errors import ClientError


class ServingError(ClientError):
    """A face could not be opened."""


class AddressError(ServingError):
    """The host or port cannot be used."""


class SecretsError(ServingError):
    """The secrets of the server side cannot be used."""
