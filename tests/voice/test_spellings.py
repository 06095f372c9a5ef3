"""Short spellings, streets, numerals and German figures are said as people say them."""

from __future__ import annotations

import pytest

from voice.synthesis.wording import as_spoken

ENGLISH = [
    ("1:00-2:30 pm", "one to two thirty p.m."),
    ("Open 7:00–9:30 p.m.", "Open seven to nine thirty p.m."),
    ("1:00\u2009–\u20092:30\u202fPM", "one to two thirty p.m."),
    ("12\xa0345 km", "twelve thousand three hundred and forty five kilometers"),
    ("1\u202f500 m", "one thousand five hundred meters"),
    ("in 1 1/2 hours", "in one and a half hours"),
    ("2½ miles", "two and a half miles"),
    ("$1.5M", "one point five million dollars"),
    ("€3bn", "three billion euros"),
    ("£2m", "two million pounds"),
    ("12 Oak Dr", "twelve Oak drive"),
    ("12 High St, Oxford", "twelve High street, Oxford"),
    ("Oak Rd", "Oak road"),
    ("5th Ave", "fifth avenue"),
    ("Hollywood Blvd", "Hollywood boulevard"),
    ("Charles III", "Charles the third"),
    ("World War II Museum", "World War two Museum"),
    ("Terminal IV", "Terminal four"),
    ("closes at 7.30pm", "closes at seven thirty p.m."),
    ("<5 min", "less than five minutes"),
    ("~5 km", "about five kilometers"),
    ("1.0 km", "one kilometer"),
    ("2-3:30 pm", "two to three thirty p.m."),
    ("Mon-Fri 9:00-17:30", "Monday to Friday nine a.m. to five thirty p.m."),
    ("10:00–11:15", "ten a.m. to eleven fifteen a.m."),
    ("from 8-9:30 a.m. daily", "from eight to nine thirty a.m. daily"),
    ("6:45am – 8pm", "six forty five a.m. to eight p.m."),
    ("doors at 6.15 pm", "doors at six fifteen p.m."),
    ("leaves 11.05am", "leaves eleven oh five a.m."),
    ("7\u202fAM", "seven a.m."),
    ("population 83\xa0200", "population eighty three thousand two hundred"),
    (
        "1\u202f234\u202f567 people",
        "one million two hundred and thirty four thousand five hundred and sixty seven people",
    ),
    ("25\xa0km", "twenty five kilometers"),
    ("$2.3bn", "two point three billion dollars"),
    ("€450k", "four hundred and fifty thousand euros"),
    ("£1.2m", "one point two million pounds"),
    ("$10M", "ten million dollars"),
    ("4bn people", "four billion people"),
    ("3 1/2 miles", "three and a half miles"),
    ("1¼ cups", "one and a quarter cups"),
    ("2 3/4 hours", "two and three quarters hours"),
    ("add 1/2 cup", "add one half cup"),
    (">30 min", "more than thirty minutes"),
    ("< 2 km", "less than two kilometers"),
    ("≥18 years", "at least eighteen years"),
    ("≤3 t", "at most three t"),
    ("~20 minutes", "about twenty minutes"),
    ("≈4 km", "about four kilometers"),
    ("~$15", "about fifteen dollars"),
    ("45 Maple Ave", "forty five Maple avenue"),
    ("Sunset Blvd, Los Angeles", "Sunset boulevard, Los Angeles"),
    ("221 Baker St", "two hundred and twenty one Baker street"),
    ("St Mary's Church", "Saint Mary's Church"),
    ("Dr Watson is here", "doctor Watson is here"),
    ("8 Mill Ln", "eight Mill lane"),
    ("Pine Ct", "Pine court"),
    ("Market Sq", "Market square"),
    ("Henry VIII", "Henry the eighth"),
    ("Queen Elizabeth II Bridge", "Queen Elizabeth the second Bridge"),
    ("World War I memorial", "World War one memorial"),
    ("Chapter IX", "Chapter nine"),
    ("Gate VI", "Gate six"),
    ("I am at Terminal II", "I am at Terminal two"),
    ("2.0 liters", "two liters"),
    ("5.0 km", "five kilometers"),
    ("12.50 km", "twelve point five kilometers"),
    ("3.0", "three"),
    ("version 3.0", "version three point zero"),
    ("21.0 °C", "twenty one degrees"),
    ("brunch 10:30-2 pm", "brunch ten thirty to two p.m."),
    ("Sat 9.15am-1.45pm", "Saturday nine fifteen a.m. to one forty five p.m."),
    ("about 7\xa0500 km", "about seven thousand five hundred kilometers"),
    ("costs $1.25M", "costs one point two five million dollars"),
    ("£750k homes", "seven hundred and fifty thousand pounds homes"),
    ("raised €12.5 bn", "raised twelve point five billion euros"),
    ("4½ stars", "four and a half stars"),
    ("1 1/4 hours away", "one and a quarter hours away"),
    (">5 km away", "more than five kilometers away"),
    ("~2 h", "about two hours"),
    ("<1 mile", "less than one mile"),
    ("10 N Elm St", "ten N Elm street"),
    ("Abbey Rd, London", "Abbey road, London"),
    ("3rd Ave", "third avenue"),
    ("St John's Wood", "Saint John's Wood"),
    ("Martin Luther King Blvd", "Martin Luther King boulevard"),
    ("Louis XIV", "Louis the fourteenth"),
    ("Pope John Paul II", "Pope John Paul the second"),
    ("Platform IV", "Platform four"),
    ("Rocky III", "Rocky three"),
    ("0.0 km", "zero kilometers"),
    ("4.0 stars", "four stars"),
    ("takes 1-2 h", "takes one to two hours"),
    ("Dr Lee, 14 Park Dr", "doctor Lee, fourteen Park drive"),
]
GERMAN = [
    ("-0,5 °C", "minus null Komma fünf Grad Celsius"),
    ("-0.5 °C", "minus null Komma fünf Grad Celsius"),
    ("1.500 Euro", "eintausendfünfhundert Euro"),
    ("1.500 €", "eintausendfünfhundert Euro"),
    ("12.345,50 €", "zwölftausenddreihundertfünfundvierzig Euro fünfzig"),
    ("2,5 km", "zwei Komma fünf Kilometer"),
    ("9:00-17:30 Uhr", "neun Uhr bis siebzehn Uhr dreißig"),
    ("3-5 Tage", "drei bis fünf Tage"),
    ("10–12 km", "zehn bis zwölf Kilometer"),
    ("83 200 Einwohner", "dreiundachtzigtausendzweihundert Einwohner"),
    ("25\xa0km", "fünfundzwanzig Kilometer"),
    ("1.0 km", "ein Kilometer"),
    ("1,0 km", "ein Kilometer"),
    ("ca. 5 km", "circa fünf Kilometer"),
    ("-12 Grad", "minus zwölf Grad"),
    ("1.234.567 Menschen", "eine Million zweihundertvierunddreißigtausendfünfhundertsiebenundsechzig Menschen"),
    ("-3,5 °C", "minus drei Komma fünf Grad Celsius"),
    ("2.750,00 €", "zweitausendsiebenhundertfünfzig Euro"),
    ("0,5 Liter", "null Komma fünf Liter"),
    ("8.30-12 Uhr", "acht Uhr dreißig bis zwölf Uhr"),
    ("10.000 km", "zehntausend Kilometer"),
    ("2–3 Stunden", "zwei bis drei Stunden"),
    ("< 5 km", "weniger als fünf Kilometer"),
]


@pytest.mark.proves("W.figures")
@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_english_is_said_as_people_say_it(written: str, said: str) -> None:
    assert as_spoken(written).lower() == said.lower()


@pytest.mark.proves("W.figures")
@pytest.mark.parametrize(("written", "said"), GERMAN)
def test_german_is_said_as_people_say_it(written: str, said: str) -> None:
    assert as_spoken(written, "de").lower() == said.lower()


@pytest.mark.parametrize(
    "text", ["At Gate I saw her", "Malcolm X", "Mix it", "the St", "a > b", "Type I think", "Vitamin D"]
)
def test_what_cannot_be_told_stays(text: str) -> None:
    assert as_spoken(text) == text
