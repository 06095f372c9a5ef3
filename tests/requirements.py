"""The manifest: what McQueen promises, each with an id, where it comes from, and the behaviour.

A test names the ids it proves with `@pytest.mark.proves("P1.consent", ...)`. `test_requirements.py` fails on an id
without a test and on a test with an unknown id. Sources: `Pn` = promise n of the design; driving-limit
rows keep their own ids.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.requirements_of_doors import DOORS
from tests.requirements_of_faces import FACES


class Requirement(NamedTuple):
    """Where it comes from and the behaviour seen from outside."""

    source: str
    behaviour: str


REQUIREMENTS: dict[str, Requirement] = {
    # -- the house --
    "A.no-circles": Requirement("design 3", "no module reaches itself through its imports, those for types included"),
    # -- promises --
    "P1.consent": Requirement("promise 1", "a sensitive tool is refused without a consent for exactly these arguments"),
    "P1.once": Requirement("promise 1", "a consent is spent, durably, by the first call that uses it"),
    "P1.recent": Requirement("promise 1", "a consent older than its limit is refused"),
    "P1.read-back": Requirement("promise 1", "only a yes after the read-back finished playing mints a consent"),
    "P1.no": Requirement("promise 1", "any no in the answer voids it; silence is no"),
    "P1.correction": Requirement(
        "promise 1", "a correction while confirming is read back again before anything happens"
    ),
    "P1.monotonic": Requirement("design 7", "nothing that an untrusted server says makes a tool need no yes"),
    "P1.looking": Requirement("design 7", "reads of servers that people run answer at once, and no change does"),
    "P1.allowed": Requirement("design 7", "what the driver allowed asks no more, until it changes or is taken back"),
    "P1.never-allowed": Requirement("design 7", "no permission covers money, words to people or deletion"),
    "P1.fingerprint": Requirement("design 7", "all that shapes a call or its read-back, and the address, is approved"),
    "P1.values": Requirement("design 7", "a read-back says every value so that it can be written down again"),
    "P1.listener": Requirement("promise 1", "nothing grave arrives that was not spoken with every value sent"),
    "P1.said": Requirement("promise 1", "a default that acts is sent with the call, and said before it"),
    "P1.operator": Requirement("promise 1", "on the command line a sensitive call without --yes changes nothing"),
    "P1.mood": Requirement(
        "promise 1", "a question, a refusal or a sentence that is taken back never changes anything, whatever its score"
    ),
    "P1.opposite": Requirement(
        "promise 1", "the opposite of what was said is never called, and no word of polarity is left out"
    ),
    "P2.once": Requirement("promise 2", "a call with effects and no key is never sent again once its answer was lost"),
    "P2.table": Requirement("promise 2", "every failure and kind of tool has its row in the retry table"),
    "P2.key": Requirement("promise 2", "the idempotency key is the same for every attempt"),
    "P2.unknown": Requirement("promise 2", "a lost answer is told as unknown, with an offer to check"),
    "P2.chaos": Requirement(
        "promise 2", "over a network that breaks in every way nothing happens twice or is claimed wrongly"
    ),
    "P2.death": Requirement(
        "promise 2", "a batch run again after kill -9 with the same keys resumes and repeats nothing"
    ),
    "P3.power": Requirement("promise 3", "what was said to be stored is there after a loss of power"),
    "P3.disk": Requirement(
        "promise 3", "a full, read-only or held disk is said, before anything is sent, and loses nothing"
    ),
    "P3.chaos": Requirement("promise 3", "over a network that breaks in every way nothing confirmed is lost"),
    "P3.deferred": Requirement("promise 3", "a confirmed deferrable call made offline waits in the outbox"),
    "P3.put-off": Requirement("promise 3", "what a trusted server did not do now and may do later waits in the outbox"),
    "P3.stale": Requirement("promise 3", "what waited too long for the network is asked about again, never just sent"),
    "P3.take-back": Requirement(
        "design 5", "what waits for the network is taken back by voice, and whether that worked is said"
    ),
    "P3.kill": Requirement(
        "promise 3", "kill -9 between confirmation and delivery loses nothing and sends nothing twice"
    ),
    "P3.reported": Requirement("promise 3", "a delivery from the outbox is reported to the driver"),
    "P4.busy": Requirement(
        "promise 4", "a turn that takes longer than 2 s says or sounds that it is working before 2 s"
    ),
    "P4.failure": Requirement("promise 4", "every failure is one short sentence that says what happens next"),
    "P5.transcript": Requirement("promise 5, S22", "no transcript is shown unless parked"),
    "P6.changed": Requirement(
        "promise 6", "a tool whose description or schema changed since approval is held and announced"
    ),
    "P6.data": Requirement("promise 6", "what a server returns is spoken, never interpreted as a request"),
    # -- reaching tools --
    "R.cache": Requirement(
        "design 5", "kept answers are fresh for their time, void after a change, and carry their age"
    ),
    "R.nearest": Requirement(
        "design 5", "the nearest endpoint gets the calls; another takes over within a second, until it is back"
    ),
    "R.endpoints": Requirement("design 5", "a dead endpoint of a server costs no call and causes no second effect"),
    "R.fallback": Requirement(
        "design 5", "another server, then an earlier answer with its age, stands in for one that is away"
    ),
    # -- the turn --
    "D.total": Requirement(
        "design 4", "every state answers every event without an error, moving only where the table allows"
    ),
    "D.search": Requirement("design 4", "in random conversations with faults and misrecognitions promises 1 to 5 hold"),
    "D.mutants": Requirement("design 4", "the same search catches a table that was broken on purpose"),
    "D.help": Requirement(
        "issue 22", "asked what can be said, McQueen names sentences that are understood now, and how to steer"
    ),
    "D.everyday": Requirement(
        "issue 22", "everyday sentences are answered, and what no connected server does is told to be so"
    ),
    "D.parked": Requirement(
        "issue 22", "what was put aside is offered once, then only on asking, and no new request is its answer"
    ),
    "D.questions": Requirement(
        "issue 22",
        "a question for a value offers what can be said in answer, over every parameter here",
    ),
    "D.asides": Requirement("design 4", "an aside leaves the waiting request in hand and asks it again"),
    "D.plan": Requirement("design 4", "several effects of one sentence are read back together, refused one by one"),
    "D.visible": Requirement(
        "design 4", "what the driver can see done is acknowledged by an earcon, and shown where there is a screen"
    ),
    "D.more": Requirement("design 4", "at most three options at a time; more tells the next"),
    "D.undo": Requirement("design 4", "undo takes back the last effect, whatever was looked up since"),
    "D.unasked": Requirement("design 4", "unasked speech can be silenced by voice, safety and deliveries aside"),
    "D.held": Requirement("V13", "an outcome waits until the driver has finished speaking"),
    "D.suspend": Requirement("design 13", "a yes long after its question (the car slept) is read back again"),
    "D.never-mind": Requirement("design 4", "never mind ends any pending request in every state"),
    "D.silence": Requirement("T5", "silence gets one shorter re-prompt, then the request closes without acting"),
    "D.tries": Requirement("T6", "at most three failed tries, each worded differently"),
    "D.plans": Requirement("design 6", "what another tool that only looks returns is looked up on the way, not asked"),
    "D.prompts": Requirement("design 4", "no prompt of ours contains a word that counts as yes, stop or a command"),
    "D.replay": Requirement("design 4", "the journal of a drive replays to the same states and effects"),
    "D.to-drive": Requirement("design 4", "a journal becomes a drive that makes the same calls"),
    "D.missing": Requirement("design 6", "a missing argument is asked for, one question at a time"),
    "D.profile": Requirement(
        "design 4", "what the driver wants kept is kept, shown, edited and erased, and nothing else"
    ),
    "D.choice": Requirement("design 4", "what was listed is chosen by name, place in the list or property"),
    "D.lists": Requirement("design 4", "a list is told three items at a time"),
    "D.invalid": Requirement("design 4", "a value that cannot be is asked for again with the reason"),
    "D.form": Requirement("design 4", "a server's form is asked for field by field and answered by voice"),
    "D.louder": Requirement("limits V10", "McQueen speaks louder and quieter when asked, earcons as well"),
    "D.subject": Requirement("design 4", "a plain new request parks what was asked, which is offered again"),
    "D.timer": Requirement("design 3", "a timer is told when it is up, whatever else is kept back"),
    "D.calendar": Requirement("design 4", "an event of the calendar is told once when it is soon, where wanted"),
    "D.world": Requirement("design 4", "network and vehicle may change in every state, and nothing pending is lost"),
    "D.twice": Requirement("design 4", "the driver is not asked twice for the same thing, whoever stands between"),
    "D.repeat": Requirement("design 4", "repeat says the last thing again in every state"),
    # -- reaching tools --
    "C.listing": Requirement("client", "a broken tool in a listing is named and left out; the others work"),
    "C.revision": Requirement("client", "the revision agreed with an MCP server is kept: the next start asks nothing"),
    "C.changes": Requirement("client", "changed tools are heard of in both eras, also after the stream was lost"),
    "C.progress": Requirement("client", "the progress of a call is told to listeners while it runs"),
    "C.progress-heard": Requirement("client", "a call that takes long says again that it does, and how far it is"),
    "C.reading": Requirement("client", "resources and prompts are listed over all pages and read"),
    "C.fresh": Requirement(
        "client", "what a server calls fresh is not asked again, until something may have changed it"
    ),
    "C.barrier": Requirement("client", "a fault that kills the SDK's client costs ours one call and no other"),
    "C.patterns": Requirement("bad input", "no pattern or schema of a stranger's takes more than 0.1 s to check"),
    # -- being let in --
    "C.credentials": Requirement("client", "logins are in the keyring, else in an encrypted file, and that is said"),
    "C.secret": Requirement("client", "no secret is in an error, a log line, a text form, an argument or a plain file"),
    "C.session": Requirement(
        "contracts 1", "a session outlives a restart, is renewed in time by one login for all, whatever clocks say"
    ),
    "C.accounts": Requirement("client", "several accounts of one server are used side by side"),
    "C.oauth": Requirement("client", "a login in the browser lasts over restarts; tokens are renewed by one for all"),
    "C.oauth-parallel": Requirement("client", "with OAuth, a quick call does not wait for a slow one beside it"),
    "C.login": Requirement("client", "a server that wants a login is a wish for one, said aloud, not a failure"),
    "C.login-command": Requirement(
        "design 11", "mcqueen login and logout take secrets from a prompt or standard input"
    ),
    "C.https": Requirement("bad input", "no login travels over plain http to another machine unless that is allowed"),
    "C.certificate": Requirement("bad input", "an expired or unknown certificate is named, and nothing is sent"),
    "C.address": Requirement("bad input", "an address that cannot be used is named, and the other servers go on"),
    "C.platform": Requirement("contracts 2", "the AI Platform is spoken as written: tools, calls, management, gateway"),
    "C.tool-settings": Requirement(
        "contracts 1", "enabled and priority of a tool are kept for each user, told to the server, and obeyed"
    ),
    "C.state": Requirement("promise 1", "a question about the car's state is answered from it, and changes nothing"),
    "C.car": Requirement(
        "design 3", "the car has tools of its own for windows, climate, lights, the way, charging, timers"
    ),
    "C.hurts": Requirement("design 7", "what can hurt somebody in or at the car asks first, comfort does not"),
    "C.car-rules": Requirement("design 3", "the car keeps its own rules: it refuses, or asks first"),
    "C.databroker": Requirement(
        "design 3",
        "a real car's signals come from a databroker; one that is lost counts as moving until parked is seen",
    ),
    "C.one-source": Requirement("design 8", "whatever steers a conversation, in any language, is also listened for"),
    "D.routines": Requirement(
        "conversation", "a routine's steps are read back as one question, done one by one, and part failures are told"
    ),
    "D.routines.made": Requirement("conversation", "a routine is made by voice, kept for good only after a yes"),
    "C.routing": Requirement(
        "conversation", "rules choose among fitting tools; a tool with no place for a named file is never taken"
    ),
    "C.defaults": Requirement("tool layer", "a default of the settings is said in the read-back, and sent"),
    "C.asked-ahead": Requirement(
        "conversation", "what is wanted in a dead zone is asked before it; nothing with effects is asked ahead"
    ),
    "C.journey": Requirement("design 3", "a simulated journey has position, range, warmth, tunnels and dead zones"),
    # -- driving limits (rows that a drive can show; assistant/drives/driving_limits.py gives the reason for the others)
    "T1": Requirement("limits T1", "a sign within 0.25 s of a press or an utterance"),
    "T2": Requirement("limits T2", "a call that takes longer than 2 s gives a sign before"),
    "T3": Requirement("limits T3", "answers begin within 5 s"),
    "T4": Requirement("limits T4", "the driver can break in at any time, and broken playback leaves them the word"),
    "T5": Requirement("limits T5", "one re-prompt after silence, then closed with nothing done"),
    "T6": Requirement("limits T6", "at most three failed tries"),
    "V1": Requirement("limits V1", "one breath: 25 words or 8 s, read-backs aside"),
    "V2": Requirement("limits V2", "at most three options in a question"),
    "V3": Requirement("limits V3", "between the items of a spoken list there are 350 to 400 ms of silence"),
    "V9": Requirement("limits V9", "drives with misrecognitions end without an effect that nobody confirmed"),
    "V4": Requirement("limits V4", "turns in a task are counted"),
    "V5": Requirement("limits V5", "McQueen speaks at most 30 s in a task"),
    "V6": Requirement("limits V6", "no unrequested speech for 27 s after a task while moving, safety aside"),
    "V12": Requirement("limits V12", "the key interrupts, ends the turn or opens the microphone"),
    "V13": Requirement("limits V13", "nothing but a warning interrupts the driver"),
    "V14": Requirement("limits V14", "a sensitive call follows a yes to exactly its arguments"),
    "S9": Requirement("limits S9", "at most five of the driver's turns in a task"),
    # -- understanding --
    "U.routing": Requirement("design 6", "a tool is found from name, description, schema and examples alone"),
    "U.plans": Requirement("design 6", "what another read-only tool returns is looked up, not asked for"),
    "U.context": Requirement("design 6", "words that point elsewhere or go on from before are understood"),
    "U.alternatives": Requirement("design 6", "all alternatives are tried, misheard words are repaired"),
    "U.hints": Requirement("design 6", "what servers say besides tools helps to understand: titles, examples, prompts"),
    "U.learning": Requirement("design 6", "what was confirmed is learned on the device, and forgettable"),
    "U.model": Requirement("design 6", "a language model only proposes, within catalog, schema and words said"),
    "U.languages": Requirement("design 6", "what is said and how answers are taken is data of a language: en and de"),
    "U.german": Requirement("design 6", "a language is data: German is understood from its files alone"),
    "U.injection": Requirement(
        "promise 6", "text of servers is never an instruction, a description moves no other tool"
    ),
    "U.beside": Requirement("design 6", "a value said in an aside or a request before fills what it was said for"),
    "U.kept": Requirement("design 6", "what was learned from a catalog is kept on disk and survives damage"),
    "U.none": Requirement("design 6", "no tool is proposed for what no tool can serve"),
    "U.slots": Requirement("design 6", "values are typed by the schema's type and format"),
    "U.confirming": Requirement("design 13", "answers to a read-back are yes, no, change or unclear"),
    "U.false-yes": Requirement("promise 1", "of varied spoken answers none is taken for a yes that is none"),
    "U.true-yes": Requirement("promise 1", "at least 95 of 100 true yeses, as people speak them, are taken for one"),
    "U.invents-nothing": Requirement("design 13", "no argument has a value without words for it in the sentence"),
    # -- server processes --
    "S.states": Requirement("contracts 2", "a server process has a state, a process id and an uptime that can be read"),
    "S.check": Requirement("contracts 2", "a server process is checked every 30 s; one that hangs is started again"),
    "S.restart": Requirement("contracts 2", "a crashed server process is started again, at most 3 times in a row"),
    "S.dead-before": Requirement(
        "client", "a call to a process known to be dead is sent to a new one; one that dies afterwards is answer lost"
    ),
    "S.counts": Requirement("contracts 2", "calls of a server process and their time are counted, over all runs"),
    "S.log": Requirement("client", "stderr of a server process is kept in a file of bounded size"),
    "S.bad-process": Requirement(
        "bad input", "junk, floods, huge lines, hanging and stubborn server processes are contained and named"
    ),
    "S.bad-entry": Requirement("bad input", "a server entry that cannot be used is named, and the others are used"),
    "S.commands": Requirement(
        "client", "servers are added, removed, stopped and started by command, also in a McQueen that runs"
    ),
    "S.control": Requirement("promise 6", "only its own user can look at or stop the servers of a McQueen that runs"),
    "S.import": Requirement("client", "servers that other programs keep as JSON are imported; what cannot be is named"),
    "S.approve": Requirement("promise 6", "changed tools are accepted by command, one by one or all of a server"),
    "S.rules": Requirement("contracts 2", "supervision is set by file or by the environment names of the contracts"),
    "S.page": Requirement("docs", "the page on servers says what the program does; its examples are tried"),
    "S.no-orphans": Requirement("client", "no server process is left, not even after kill -9 of McQueen"),
    # -- bad input --
    "B.wav": Requirement(
        "bad input", "a WAV that is missing, empty or not a WAV gets a sentence; other rates and shapes are converted"
    ),
    "B.catalog": Requirement(
        "bad input", "a broken catalog is refused with the cure; a broken tool is named and left out"
    ),
    "B.drive-parts": Requirement(
        "design 10", "variables, repetition and other files are written out; complaints name the line"
    ),
    "B.drive-page": Requirement("design 10", "a drive is one page with sound, timeline and limits, without a network"),
    "B.drive-new": Requirement("design 10", "a drive to start from is written, and passes; the schema is printed"),
    "B.drive-watch": Requirement("design 10", "a watched drive runs again at every change of its files"),
    "B.drive-docs": Requirement("docs", "the page on drives says what the program does; its drives pass"),
    "B.drive-faults": Requirement(
        "design 10", "networks and faults by name, each told as what it is, nothing done twice"
    ),
    "B.drive": Requirement(
        "bad input", "a drive with an unknown key or an impossible expectation is refused with file and line"
    ),
    "B.batch": Requirement("bad input", "a bad line of a batch gets an error object and the rest are answered"),
    "B.server-down": Requirement(
        "bad input", "a server that is down at the start is said so and everything else works"
    ),
    "B.port": Requirement("bad input", "a port that is taken is named, with the cure"),
    "B.interrupt": Requirement("bad input", "Ctrl-C ends cleanly and loses nothing"),
    # -- the ground --
    "G.help-fast": Requirement("design 12", "mcqueen --help loads nothing heavy"),
    "G.json": Requirement("design 11", "with --json stdout holds one object a line in input order and nothing else"),
    "G.rest": Requirement(
        "contracts 1", "the McQueen REST face speaks login, sliding sessions, tools and execute as written"
    ),
    "G.platform": Requirement(
        "servers",
        "the AI Platform face makes, starts, stops, executes, logs and counts servers; ownership and limits hold",
    ),
    "G.service-booking": Requirement(
        "servers", "the service desk books from a mobile number and a registration, on disk, each place and key once"
    ),
    "G.services": Requirement(
        "servers", "real mail, calendar and weather servers are used, and each way they fail is one sentence"
    ),
    "G.services.oauth": Requirement(
        "servers", "a service is logged in to by OAuth; its tokens are renewed by one, kept when replaced, and revoked"
    ),
    "G.files.below": Requirement("servers", "no path and no link leads the files server out of its folder"),
    "G.files.atomic": Requirement("servers", "a file is written as a whole or stays as it was, also after kill -9"),
    "G.files.undo": Requirement("servers", "each change of a file can be taken back"),
    "G.files.watched": Requirement("servers", "a file that somebody else changed is never told from memory"),
    "G.github.search": Requirement("servers", "what is asked of GitHub in words becomes its qualifiers"),
    "G.github.limits": Requirement("servers", "limits of GitHub are waited for or said, and no effect is sent twice"),
    "G.channels.said": Requirement("servers", "the channel of a message is understood and is no part of its words"),
    "G.channels.sent": Requirement("servers", "each channel gets what its API asks for; limits and errors are told"),
    "G.channels.media": Requirement("servers", "what is no text in a message is said to be left out"),
    "G.mail.reached": Requirement("servers", "who was not reached by a mail is named and never told as reached"),
    "G.mail.large": Requirement("servers", "what is asked of a mailbox and answered does not grow with the mailbox"),
    "G.mail.marked": Requirement("servers", "only mail that was told counts as read; more tells the rest"),
    "G.calendar.zones": Requirement(
        "servers", "an event is told and moved by its own zone and day, on both sides of a change of clocks"
    ),
    "G.gateway": Requirement("servers", "the gateway balances, looks at instances and fails over without repeating"),
    "M.prometheus": Requirement("servers", "the alert rules hold in Prometheus as in McQueen; a refusal is no failure"),
    "M.figures": Requirement(
        "contracts 4", "calls, time, cache, retries, circuits, outbox and stages of a turn are counted"
    ),
    "M.port": Requirement(
        "contracts 4", "the figures are read at /metrics and seen at /dashboard, on this machine only"
    ),
    "M.alerts": Requirement(
        "contracts 4", "rules over errors, slowness, outbox and servers are spoken, shown or logged"
    ),
    "M.traces": Requirement(
        "servers", "turns, requests and calls are traced where that is wished, without their words"
    ),
    "G.secrets": Requirement("design 9", "secrets are made at the first start, in keyring or 0600 file; no defaults"),
    "G.upstream": Requirement("contracts 1", "paths of old are passed on to the configured server, else served here"),
    "G.bad-json": Requirement("bad input", "what is not JSON, or no object, is 400"),
    "G.bad-type": Requirement("bad input", "a wrong content type is 415"),
    "G.large": Requirement("bad input", "a body of 10 MB is 413, also in pieces"),
    "G.deep": Requirement("bad input", "deep nesting is 400"),
    "G.replayed": Requirement("bad input", "a token for one use and an ended session do not come back"),
    "G.forged": Requirement("bad input", "forged and expired tokens are 401 on every face that takes them"),
    "G.fixation": Requirement("bad input", "a session id that the caller brings is never taken over"),
    "G.expired-in-call": Requirement("bad input", "a session that ends in mid-call tears no call and admits no other"),
    "G.smuggling": Requirement(
        "bad input", "a request that could be read in two ways is refused, and nothing behind it"
    ),
    "G.path-tricks": Requirement("bad input", "names, commands and paths of servers lead nowhere else"),
    "G.slow": Requirement("bad input", "slow heads and bodies end, and others are served meanwhile"),
    "G.idle": Requirement("bad input", "10,000 idle connections, or what open files allow, keep nobody out"),
    "G.hostile": Requirement(
        "bad input", "requests read in two ways, slow and idle clients, odd paths and bodies are refused; others served"
    ),
    "G.tokens": Requirement(
        "bad input", "forged, replayed and ended tokens and sessions open nothing; a login's session id is always new"
    ),
    "G.users": Requirement(
        "contracts 1", "tool settings, logins and usage of a user outlive the server; credentials are kept encrypted"
    ),
    "G.tls": Requirement("servers", "other machines are served over TLS, or without it only where that is said"),
    "G.stop": Requirement("servers", "a server told to stop finishes what runs and lets nobody else in"),
    "G.passed-on": Requirement(
        "servers", "progress, resources and prompts of the servers behind come through the MCP face, names kept apart"
    ),
    "G.page": Requirement("docs", "the page on serving names the options, paths, settings and limits that there are"),
    "G.openapi": Requirement(
        "servers", "requests made from the OpenAPI pages meet no 5xx, no schema break and no authorisation hole"
    ),
    "G.stores": Requirement(
        "servers",
        "sessions slide and limits count alike in memory, a file and Redis; two processes share the last two",
    ),
    "G.town": Requirement("first drive", "what a tool did is there in the town's world afterwards"),
    "G.review": Requirement("server authors", "what is hard by voice is told with its cure and what a driver hears"),
    "G.try": Requirement("issue 22", "each line tried on a server shows what came of it, and is kept as a test"),
    "G.extras": Requirement("issue 22", "completion, manual page, desktop entry and unit work; updates only on asking"),
    "G.docs-check": Requirement("issue 22", "every block of the pages is found, and what it shows is done"),
    "G.baseline": Requirement("issue 22", "what changed between two builds is told, and what is worse fails"),
    "G.wheel": Requirement("issue 22", "a wheel of McQueen has every file of its packages in it"),
    "U.own-first": Requirement("issue 22", "own servers are not passed over for what comes with McQueen"),
    "G.drives": Requirement("first drive", "the bundled drives pass"),
    "G.dashboard": Requirement(
        "first drive", "the dashboard shows state and the pending confirmation and takes typed input"
    ),
    "W.answers": Requirement(
        "answers", "what a tool of any server returned is said as a person would say it, none as none and never as done"
    ),
    "W.ears": Requirement("answers", "no bracket, fence, identifier, scheme or control character is ever spoken"),
    "W.errors": Requirement(
        "answers", "an error is one short sentence about the argument or the cause, also one that an answer holds"
    ),
    "W.maybe-done": Requirement(
        "promise 4", "nothing was done is said only if that is known; after the send an act may have been done"
    ),
    "W.figures": Requirement("answers", "short spellings, streets, numerals and figures are said as people say them"),
}
REQUIREMENTS.update({name: Requirement(*found) for name, found in (DOORS | FACES).items()})
