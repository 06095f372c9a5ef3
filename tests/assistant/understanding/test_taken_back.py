"""Orders and wishes that what follows takes back: nothing is done, and an order of the same form still is one."""

from __future__ import annotations

import itertools

import pytest

from assistant.understanding.language import language
from assistant.understanding.mood import Mood, Moods
from assistant.understanding.reading import Context, Control
from client.values import JSON
from tests.assistant.understanding.test_mood import NOW, interpreter

ORDERS = {
    "en": ("open the sunroof", "turn up the volume", "set the temperature to twenty", "navigate to the airport"),
    "de": ("öffne das schiebedach", "mach die musik lauter", "stell die temperatur auf zwanzig"),
}
TAILS = {
    "en": (", actually it's fine", ", no it's fine as it is", ", hmm no it's okay",
           ", or rather don't bother", ", nah it's fine",
           ", oh it's already good enough", " no wait it's all right like this", ", nah we're good",
           ", no it's not worth it",
           ", ah no i know the way", ", on second thought it can stay like that", ", hm i don't think i need it"),
    "de": (", ach nein, passt schon", ", ist schon gut", ", nein ist gut so wie es ist", ", ach brauchst du nicht",
           ", oder lass es lieber", ", nö geht schon", ", ach lohnt sich nicht", ", hm nein muss nicht sein"),
}  # fmt: skip
KEPT = {
    "en": ("open the window, it's too warm in here", "turn on the seat heating, it's cold",
           "no it's fine, open the window",
           "set the temperature to twenty, no twenty one", "close the window it's loud", "tell tom it's okay",
           "send anna a message saying it's fine", "send anna a message saying actually it's fine like this",
           "turn off the radio, it's late enough", "i'd like to open the sunroof but only halfway",
           "open the window but just a bit", "turn on the seat heating but not too hot",
           "i'd like to book a table at luigi's but only for two", "i'd like a table but it has to be outside",
           "i want to transfer tom fifty euros but with the reference pizza", "i know it's raining but open the window",
           "send anna a message saying i want to come but i'm broke", "i need a table but there are six of us"),
    "de": ("mach das fenster auf, es ist zu warm", "nein passt schon, mach das fenster auf",
           "schreib anna ist schon gut",
           "schreib anna dass es schon passt", "ich möchte das fenster öffnen, aber nur einen spalt",
           "mach die sitzheizung an, aber nicht zu heiß", "mach das schiebedach zu, es ist laut genug",
           "ich möchte anna schreiben dass ich gern käme aber keine zeit habe"),
}  # fmt: skip
DENIED = {
    "en": ("i wish i could transfer a thousand euros to tom but i can't afford it",
           "i'd love to send anna a message but my phone is dead", "i want to open the window but it's raining",
           "i would like to book a table at luigi's but they are closed",
           "i can't afford to transfer tom five hundred euros",
           "i wish somebody would skip this song but it's her birthday",
           "i was going to book a table but we ate already"),
    "de": ("ich würde gern das fenster öffnen, aber es regnet", "ich möchte anna schreiben, aber mein handy ist leer",
           "am liebsten würde ich das schiebedach aufmachen, aber es ist zu laut",
           "ich würde gern das licht ausmachen aber da kocht noch jemand"),
}  # fmt: skip


def acts(moods: Moods, text: str) -> bool:
    return any(part.mood is Mood.DO and not part.states for part in moods.parts(text))


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_an_order_is_dropped_by_what_says_that_all_is_well(code: str) -> None:
    moods = Moods(language(code))
    said = [f"{order}{tail}" for order, tail in itertools.product(ORDERS[code], TAILS[code])]
    assert [text for text in said if acts(moods, text)] == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_a_wish_is_taken_back_by_what_keeps_from_it(code: str) -> None:
    moods = Moods(language(code))
    assert [text for text in DENIED[code] if acts(moods, text)] == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_an_order_with_a_reason_or_a_manner_is_still_one(code: str) -> None:
    moods = Moods(language(code))
    assert [text for text in KEPT[code] if not acts(moods, text)] == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    ("code", "text"),
    [
        *(
            ("en", text)
            for text in ("actually it's fine", "no it's fine as it is", "nah it's fine", "or rather don't bother")
        ),
        *(("de", text) for text in ("ach nein, passt schon", "ist schon gut", "nein ist gut so")),
    ],
)
def test_said_alone_it_turns_down_what_waits(code: str, text: str) -> None:
    assert [part.mood for part in Moods(language(code)).parts(text)] == [Mood.DROP]


@pytest.mark.parametrize("text", ["it's fine", "that's fine", "okay that's fine", "yes it's fine", "oh that's good"])
def test_agreement_is_not_taken_for_turning_down(text: str) -> None:
    assert Mood.DROP not in [part.mood for part in Moods(language("en")).parts(text)]


def while_a_payment_waits(text: str) -> tuple[dict[str, object], Control | None]:
    pending: dict[str, JSON] = {"recipient": "tom", "amount": 50}
    context = Context(now=NOW, pending_tool="town.transfer_money", pending_arguments=pending, confirming=True)
    reading = interpreter("bundled").read([text], context)
    return dict(reading.changes), reading.control


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize(
    "text",
    [
        "i was going to book a table at luigi's but we ate already",
        "my wife paid anna twenty euros yesterday",
        "that truck is doing eighty",
        "they wanted thirty euros for parking",
        "no my wife paid anna twenty euros yesterday",
    ],
)
def test_what_tells_of_something_else_changes_no_value_that_waits(text: str) -> None:
    changes, control = while_a_payment_waits(text)
    assert changes == {}
    assert control is not Control.YES


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("actually make it sixty", {"amount": 60}),
        ("i meant maria", {"recipient": "maria"}),
        ("no it should be forty euros", {"amount": 40}),
    ],
)
def test_a_correction_still_changes_the_value_that_waits(text: str, changes: dict[str, object]) -> None:
    assert while_a_payment_waits(text)[0] == changes


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("text", ["du brauchst anna nicht zu schreiben", "du musst das fenster nicht öffnen"])
def test_what_need_not_be_done_is_refused_in_german(text: str) -> None:
    assert {part.mood for part in Moods(language("de")).parts(text)} == {Mood.DO_NOT}


NOT_ORDERS = {
    "en": ("turn on the seat heating, oh wait, my seat's warm already so skip it",
           "turn up the heating, hm wait, the car's hot already, forget it",
           '"open the window" she kept shouting', '"turn on the radio" my son was yelling',
           '"close the sunroof" he used to say', '"turn up the volume" the kids kept begging',
           '"open the window", my wife kept on saying', "open the window, she shouted",
           "close the window, she kept yelling at me", "my wife says, you should open the window",
           "can't you just stop opening the window", "can't you see the light", "didn't you just open the window",
           "couldn't you have opened the window"),
    "de": ("mach das fernlicht an, ach lass mal gut sein", "öffne das fenster, nee lass mal stecken",
           "mach die musik lauter, lass es gut sein", "mach das licht an, lassen wir es gut sein",
           "mein bruder meint, du sollst die klimaanlage ausschalten", "er sagt, du sollst das fenster öffnen",
           "die kinder sagen, du sollst die musik lauter machen",
           "meine mutter hat gesagt, du sollst das fenster zumachen", "anna sagt du sollst das fenster öffnen"),
}  # fmt: skip
STILL_ORDERS = {
    "en": ("can't you just turn the hallway light off", "can't you simply close the sunroof",
           "couldn't you just open the window", "i can't stand this one, skip it", "i don't like this one, skip it",
           "i don't know this song, skip it", "this song is boring, skip it", "open the window, no my wife's window",
           "my seat's cold so turn on the seat heating", "turn on the seat heating, my wife is cold",
           "turn it down, the kids are sleeping", "play the song he used to sing", "tell anna she kept shouting",
           "send anna a message, she shouted", "write tom she kept saying no"),
    "de": ("du sollst das fenster öffnen", "ich meine, du sollst das fenster öffnen",
           "ich habe gesagt, du sollst das radio ausmachen", "mir ist warm, du sollst das fenster öffnen",
           "kannst du nicht einfach das licht im flur ausmachen", "mach das licht an, lass die musik laufen",
           "meine frau friert, mach die heizung an"),
}  # fmt: skip


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_an_order_that_somebody_else_said_or_that_is_let_go_is_none(code: str) -> None:
    moods = Moods(language(code))
    assert [text for text in NOT_ORDERS[code] if acts(moods, text)] == []


@pytest.mark.proves("P1.mood")
@pytest.mark.parametrize("code", ["en", "de"])
def test_an_order_in_a_like_form_is_still_one(code: str) -> None:
    moods = Moods(language(code))
    assert [text for text in STILL_ORDERS[code] if not acts(moods, text)] == []
