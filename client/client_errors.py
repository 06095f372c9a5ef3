"""Errors of `client`, as one tree.

    ClientError                     something about reaching tools went wrong; never raised itself
      UsageError                    the caller's fault: wrong configuration or arguments
        CatalogError                a catalog file that cannot be used
        ConfigurationError          a server entry or setting that cannot be used
      SchemaTroubleError            a schema of a server's that values cannot be checked against
      RecordsError                  the disk's fault: a database that cannot be read or written
      CredentialsError              the store for secrets cannot be used
      LoginError                    a server did not let us in
      RenewLaterError               a login cannot be renewed now, and stays good
      RightsError                   a login lacks the rights, and another login would lack them too

A failure during a call (a dead server, a lost answer, a refusal) is never an exception: it is an `Outcome`.
"""

from __future__ import annotations


class ClientError(Exception):
    """Base of the tree; its text is one sentence for people, with the cure."""


class UsageError(ClientError):
    """The caller gave something that cannot be used."""


class CatalogError(UsageError):
    """A catalog file that cannot be used."""


class ConfigurationError(UsageError):
    """A server entry or a setting that cannot be used."""


class SchemaTroubleError(ClientError):
    """A server's schema cannot be used to check values. The text completes "the schema of the tool ..."."""


class RecordsError(ClientError):
    """A database that cannot be read or written."""


class CredentialsError(ClientError):
    """The store for secrets cannot be used."""


class LoginError(ClientError):
    """A server did not let us in."""


class RenewLaterError(ClientError):
    """An authorization server cannot renew a token now; the login stays good."""

    def __init__(self, status: int | None = None) -> None:
        """`status` is its answer in HTTP; None if there was none."""
        super().__init__(f"the authorization server answers {status or 'nothing'}")
        self.status = status


class RightsError(ClientError):
    """The login lacks the rights for this, and logging in again would ask for the same rights."""
