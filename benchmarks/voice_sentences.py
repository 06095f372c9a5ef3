"""What the synthetic voices of `make bench-voice` say: written before anything was heard, a third of each list unseen.

The unseen thirds are reported apart. Nothing that decides how McQueen hears may be chosen on them.
"""

from __future__ import annotations

from client.catalog import Catalog
from client.schemas.tool_listing import read_tools

TOWN_SENTENCES = (
    "what's the weather in mannheim",
    "find a fuel station",
    "tell anna i'm on my way",
    "book a table at luigi's for four tomorrow at seven",
    "what is the weather like in heidelberg",
    "find an italian restaurant",
    "give me directions to stuttgart",
    "where can i charge the car",
    "what have i booked",
    "make an appointment at the dentist on monday at nine",
    "read my messages",
    "what's on my calendar tomorrow",
    "what is the phone number of anna",
    "take a note buy milk",
    "what is my bank balance",
    "transfer fifty euros to anna",
    "show me the last five transactions",
    "cancel my last booking",
    "delete my last note",
    "search for heidelberg castle",
    "book a table for two at bella roma tonight at eight",
    "send a message to tom saying i'm stuck in traffic",
    "find a charging station",
    "never mind",
)
"""Requests of the bundled town: those that choices may be made on."""
TOWN_UNSEEN = (
    "how is the weather in stuttgart",
    "find a petrol station",
    "give me directions to heidelberg",
    "make a dentist appointment for tuesday at ten",
    "read me my emails",
    "find a restaurant nearby",
    "book an appointment with the doctor tomorrow at half past eight",
    "cancel my table at luigi's",
    "tell tom i'll call you later",
    "transfer one hundred euros to tom",
    "search my documents for driving licence",
    "book green garden on friday at half past seven for six",
)
NUMBERS = Catalog(
    tuple(
        read_tools(
            [
                {
                    "name": "start_timer",
                    "description": "Start a timer",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"minutes": {"type": "integer", "description": "how many minutes"}},
                        "required": ["minutes"],
                    },
                },
                {
                    "name": "set_fan",
                    "description": "Set the fan of the heating",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "percent": {"type": "integer", "minimum": 0, "maximum": 100, "description": "how strong"}
                        },
                        "required": ["percent"],
                    },
                },
                {
                    "name": "find_chargers",
                    "description": "Find chargers within a distance",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"kilometres": {"type": "integer", "description": "how far at most"}},
                        "required": ["kilometres"],
                    },
                },
                {
                    "name": "set_temperature",
                    "description": "Set the temperature of the cabin",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"degrees": {"type": "number", "description": "degrees Celsius"}},
                        "required": ["degrees"],
                    },
                },
            ],
            "car",
        ).tools
    )
)
"""Four tools whose one value is a number with its unit."""
NUMBER_SENTENCES = (
    "start a timer for twelve minutes",
    "set the fan to forty percent",
    "find chargers within twenty kilometres",
    "set the temperature to twenty one point five degrees",
    "start a timer for three minutes",
    "set the fan to seventy five percent",
    "find chargers within one hundred and fifty kilometres",
    "set the temperature to nineteen degrees",
)
NUMBERS_UNSEEN = (
    "start a timer for forty five minutes",
    "set the fan to thirty percent",
    "find chargers within eighty kilometres",
    "set the temperature to twenty two point five degrees",
    "start a timer for ninety minutes",
    "set the fan to fifty five percent",
    "find chargers within thirty five kilometres",
    "set the temperature to eighteen point five degrees",
    "start a timer for seventeen minutes",
    "set the fan to one hundred percent",
    "find chargers within two hundred kilometres",
    "set the temperature to twenty four degrees",
)
NO_COMMANDS = (
    "photosynthesis converts light into chemical energy",
    "my grandmother lives in a village by the sea",
    "i think the economy is going to be fine next year",
    "the children are arguing about chocolate",
    "it was a bright cold day in april",
    "so then i told him it was not my problem",
    "speed up",
    "did you see the match on sunday evening",
    "she never eats breakfast before noon",
    "that was the best concert of the whole summer",
    "there is a dog on the other side of the street",
    "we painted the bedroom last week",
)
"""Talk that asks for nothing."""
NO_COMMANDS_UNSEEN = (
    "the museum is closed on mondays i think",
    "he bought a new bicycle for his daughter",
    "slow down a little there is a child",
    "her brother studies chemistry in vienna",
    "i could not sleep because of the storm",
    "they have been married for thirty years",
    "my uncle built that house with his own hands",
    "the soup was much too salty for me",
    "i used to play the violin when i was a boy",
    "we met each other at a party in hamburg",
    "the cat has been sleeping on the sofa all day",
    "nobody told me that the shop was closed",
    "this song reminds me of our holiday in greece",
    "the leaves are already turning yellow",
    "his handwriting is impossible to read",
    "our neighbours are moving to another town",
    "the exam was harder than i had expected",
    "you look tired did you sleep badly",
    "there were too many people at the beach",
    "the film had a strange ending",
    "i have never been to south america",
    "she speaks four languages fluently",
    "the baby laughed when the balloon flew away",
    "it takes years to become a good carpenter",
    "that bakery makes the best rolls in town",
    "our team lost again because the goalkeeper was ill",
    "he always forgets where he left his glasses",
    "the roof of the old church is being repaired",
    "my knee hurts whenever it rains",
    "we ran out of coffee this morning",
)
TALK = (
    # with a passenger
    "i told you we should have left an hour earlier",
    "your sister looked so happy at the wedding",
    "this road was much better ten years ago",
    "we had dinner at that place last summer and it was awful",
    "i think the weather was nicer in spain",
    "look at that huge truck over there",
    "do you remember the name of our old teacher",
    "my back is killing me after all that driving",
    "the dentist said i have to come back in two weeks",
    # on the phone
    "yes i know but what did she say about it",
    "i'll be home around eight or maybe half past",
    "sorry you are breaking up a little",
    "they charged my card twice for the same thing",
    "can you believe that he really said that",
    "okay then give my love to the kids",
    "i have not heard from the bank since monday",
    # from the radio
    "and now the traffic news for the north of the country",
    "the minister rejected the proposal on thursday night",
    "temperatures will fall below zero in the mountains",
    "it is twenty to nine and you are listening to the morning show",
    "call us now and win two tickets for the concert",
    "shares of the company rose by four percent",
    # children
    "mummy i have to go to the bathroom",
    "he took my teddy and he won't give it back",
    "are we there yet",
    "i don't like broccoli and i don't like peas",
)
"""Talk among people in a car, on the phone, from the radio and from the back seat, close to what the town serves."""
TALK_UNSEEN = (
    "the last time we came here it was raining all week",
    "you always say that and then you forget it",
    "i wonder who lives in that big house",
    "our appointment with the lawyer was a complete waste of time",
    "she sent me such a strange message yesterday",
    "no no that is not what i meant",
    "we are still waiting for the results from the hospital",
    "i'm in the car so i cannot look it up right now",
    "well tell me everything when we meet",
    "the home side scored twice in the second half",
    "more than a thousand people marched through the capital",
    "that was the new single from a young band from leeds",
    "she's on my side of the seat again",
    "i want to sit next to grandma",
)
DOORS = Catalog(
    tuple(
        read_tools(
            [
                {"name": name, "description": description, "inputSchema": {"type": "object", "properties": {}}}
                for name, description in (
                    ("open_window", "Open the window"),
                    ("close_window", "Close the window"),
                    ("open_trunk", "Open the trunk"),
                    ("restart_heater", "Restart the heater"),
                    ("lock_doors", "Lock the doors"),
                    ("start_charging", "Start charging the car"),
                )
            ],
            "car",
        ).tools
    )
)
"""Six tools that change something, described without examples."""
WITHHELD = (
    "don't open the window",
    "is the trunk open",
    "do not lock the doors",
    "never start charging the car",
    "did you open the window",
    "is the window closed",
    "are the doors locked",
    "why did you restart the heater",
    "you shouldn't open the trunk",
    "has the car started charging",
    "who opened the window",
    "don't you dare open the trunk",
    "when did you lock the doors",
    "don't restart the heater",
    "please don't close the window",
    "i don't want you to open the trunk",
    "stop don't open the window",
    "was the heater restarted",
    "i never said open the window",
)
"""Refusals and questions, all of them looked at: none asks for a deed."""
