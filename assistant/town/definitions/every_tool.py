"""The definitions of all tools of the town, in the order in which it lists them. Holds no world and calls nothing."""

from __future__ import annotations

from assistant.town.definitions import (
    booking_tools,
    communication_tools,
    information_tools,
    money_tools,
    personal_tools,
    travel_tools,
)
from assistant.town.definitions.schema import Definition

DEFINITIONS: tuple[Definition, ...] = (
    information_tools.GET_WEATHER,
    information_tools.WEB_SEARCH,
    travel_tools.MAPS_HYBRID,
    travel_tools.FIND_FUEL_STATIONS,
    travel_tools.FIND_CHARGING_STATIONS,
    booking_tools.FIND_BOOKINGS,
    booking_tools.FIND_RESTAURANTS,
    booking_tools.BOOK_RESTAURANT,
    booking_tools.BOOK_APPOINTMENT,
    booking_tools.CANCEL_BOOKING,
    communication_tools.SEND_MESSAGE,
    communication_tools.READ_MESSAGES,
    communication_tools.EMAIL_PERSONAL,
    travel_tools.CALENDAR_PERSONAL,
    personal_tools.FIND_CONTACT,
    personal_tools.FIND_DOCUMENTS,
    personal_tools.WRITE_NOTE,
    personal_tools.DELETE_NOTE,
    personal_tools.POST_UPDATE,
    personal_tools.DELETE_POST,
    money_tools.GET_BALANCE,
    money_tools.LIST_TRANSACTIONS,
    money_tools.TRANSFER_MONEY,
    money_tools.SHOPPING_HYBRID,
)
"""One definition a tool."""
