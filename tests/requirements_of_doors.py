"""Requirements of the doors to tools: questions in mid-call, keys, names, confirmations, the terms of the outbox."""

from __future__ import annotations

DOORS: dict[str, tuple[str, str]] = {
    "Q.heard": (
        "design 7",
        "a server's form is said with its message and read back with every value that is sent, defaults included; "
        "it goes out after a yes of its own",
    ),
    "Q.two": ("design 7", "two forms are two questions, and no answer to one goes into the other"),
    "Q.mark": ("design 13", "a mark that a question only confirms the call counts from trusted servers alone"),
    "Q.page": ("design 7", "a page that a server wants opened is told by its host and never accepted"),
    "Q.refused": ("design 7", "turning a server's question down declines the call, and says so"),
    "K.flight": (
        "promise 2",
        "an idempotency key in flight answers the same call alone; another call with it is refused in any order",
    ),
    "O.terms": (
        "promise 1",
        "a waiting call is sent only to the tool, at the address and under the rules to which the driver agreed",
    ),
    "N.names": ("promise 1", "no name of a server or tool leads to another server's tool"),
    "G.typed": ("design 13", "confirmations over REST are compared as typed values with all their signs"),
    "G.gate": ("design 7", "AI Platform execute makes a call that needs a yes only with its values confirmed"),
    "G.mcp-login": ("design 9", "the MCP face asks other machines for a login, and a session belongs to who opened it"),
    "G.local-token": ("design 9", "on loopback programs of other accounts of the machine reach no tool over MCP"),
    "G.chat": (
        "issue 20",
        "a chat is one conversation a user, and nothing happens in it without a yes of somebody who got the read-back",
    ),
    "G.deploy": ("issue 20", "the files of deploy/ name what exists, and their own tools take them"),
    "G.leases": ("issue 20", "of several serving processes exactly one runs a managed server, and the others use it"),
    "G.kill-9": ("issue 20", "a serving process that is killed costs no call twice, and its servers run again in 10 s"),
    "G.people-apart": (
        "design 9",
        "users of a served town have their own data, limits and usage and see nobody else's",
    ),
    "G.service-logins": (
        "design 9",
        "malformed credentials are refused, and kept ones count if the service takes them",
    ),
    "G.commands": ("design 9", "users without mcp:manage have only listed commands started, and without our secrets"),
    "G.effect-told": (
        "design 7",
        "a store that fails in the middle is answered by what is known of the effect",
    ),
    "D.unfinished": (
        "design 4",
        "a question open at the end is offered after a restart and read back anew; no consent survives",
    ),
    "G.examples": ("contracts 1 to 3", "the outside systems' own examples get the answers that they show"),
    "M.processes": ("contracts 2", "what servers' processes use: in lists, at /metrics and in alert rules"),
    "G.gateway-paths": ("design 7", "the gateway judges a path as its last decoder would and passes it on as it came"),
    "G.gateway-callers": ("design 7", "a service behind the gateway learns who calls from nobody but the gateway"),
    "G.headers": ("design 9", "own answers have security headers and are compressed over 1 KB"),
    "G.health": (
        "design 9",
        "health and readiness say whether the store is there; the environment is read",
    ),
    "G.audit": ("design 9", "a row of the audit log that is changed, taken out or cut off is found"),
    "G.drives-checked": (
        "design 10",
        "a drive against another server checks calls by the client's record and refuses what nobody can check",
    ),
    "S.doors": ("design 7", "at every door login, consent, limits, Host check and changed tools are as the table says"),
    "S.promises": ("promise 1", "no hostile server gets through a door what was turned down or never shown"),
    "S.catalog": ("issue 20", "known servers of others are added by name, and what they still need is named"),
    "S.starters": ("issue 20", "a new server from a template passes the review and works by voice as it is"),
    "C.key-unasked": ("promise 2", "nobody is asked for the key by which a server recognises a repeated call"),
    "G.admin": ("issue 20", "a page shows servers, what they use, users, limits and audit to those with mcp:admin"),
}
