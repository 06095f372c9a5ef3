"""Plans from schemas: a service is booked on a server nobody has written a line for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import BaseModel

from assistant.understanding.interpret import Interpreter
from assistant.understanding.planning import Ask, Choose, KnownFacts, Look, Planner, Ready
from assistant.understanding.reading import Context
from client.call import ToolCall
from client.catalog import Catalog
from client.servers.mcp.in_process import InProcessServer
from client.servers.tool_server import Answered
from client.values import JSON
from tests.assistant.understanding.catalogs import catalog_of, tool

READS = ToolAnnotations(read_only_hint=True)


class Customer(BaseModel):
    customer_id: str
    name: str
    city: str


class Vehicle(BaseModel):
    vehicle_id: str
    model: str


class Dealer(BaseModel):
    dealer_code: str
    name: str
    distance_km: int


class Dealers(BaseModel):
    dealers: list[Dealer]


class Booking(BaseModel):
    booking_reference: str


def garage() -> MCPServer:
    """Return a server that books car services, as its publisher would write it."""
    server = MCPServer("garage", log_level="ERROR")
    names = ("Arena Hinjewadi", "Arena Baner", "Arena Wakad", "Arena Kothrud")

    @server.tool(annotations=READS)
    def resolve_customer(mobile: str) -> Customer:
        """Find the customer with that mobile number."""
        assert mobile == "9876543210"
        return Customer(customer_id="C-17", name="Rahul Sharma", city="Pune")

    @server.tool(annotations=READS)
    def resolve_vehicle(registration: str) -> Vehicle:
        """Find the vehicle with that registration."""
        assert registration == "MH12AB1234"
        return Vehicle(vehicle_id="V-4", model="2023 Maruti Suzuki Swift ZXI+")

    @server.tool(annotations=READS)
    def get_nearby_dealers(city: str, service_type: str) -> Dealers:
        """List the dealers of a city that do a kind of service."""
        assert (city, service_type) == ("Pune", "regular service")
        return Dealers(
            dealers=[Dealer(dealer_code=f"D-{n}", name=name, distance_km=3 + n) for n, name in enumerate(names)]
        )

    @server.tool()
    def book_service(customer_id: str, vehicle_id: str, dealer_code: str, service_type: str) -> Booking:
        """Book a service for the vehicle at a dealer."""
        return Booking(booking_reference="/".join((customer_id, vehicle_id, dealer_code, service_type)))

    return server


@pytest.fixture
async def server() -> AsyncIterator[InProcessServer]:
    found = InProcessServer("garage", garage())
    await found.connect()
    yield found
    await found.close()


async def _result(server: InProcessServer, name: str, arguments: dict[str, JSON]) -> JSON:
    made = ToolCall("c1", "garage", name.removeprefix("garage."), arguments, "key")
    answer = await server.call(made, seconds=5.0, confirmed=False)
    assert isinstance(answer, Answered), answer
    return answer.result


@pytest.mark.proves("U.plans")
async def test_a_service_is_booked_from_mobile_registration_and_a_choice(server: InProcessServer) -> None:
    catalog = Catalog(tuple((await server.list_tools()).tools))
    planner, facts = Planner(catalog), KnownFacts()
    answers = {"mobile": "9876543210", "registration": "MH12AB1234", "service_type": "regular service"}
    said: dict[str, dict[str, JSON]] = {}
    goal: dict[str, JSON] = {}
    asked: list[str] = []
    looked: list[str] = []
    for _ in range(20):
        move = planner.next("garage.book_service", goal, facts, said)
        if isinstance(move, Ask):
            asked.append(move.parameter)
            target = goal if move.tool == "garage.book_service" else said.setdefault(move.tool, {})
            target[move.parameter] = answers[move.parameter]
        elif isinstance(move, Look):
            looked.append(move.tool)
            facts = facts.learned(move.tool, await _result(server, move.tool, dict(move.arguments)))
        elif isinstance(move, Choose):
            assert move.options[0][0] == "Arena Hinjewadi"
            goal[move.parameter] = move.values[0]
        else:
            break
    assert isinstance(move, Ready)
    assert looked == ["garage.resolve_customer", "garage.resolve_vehicle", "garage.get_nearby_dealers"]
    assert asked == ["mobile", "registration", "service_type"], "nothing is asked twice, the city not at all"
    assert dict(move.arguments) == {"customer_id": "C-17", "vehicle_id": "V-4", "dealer_code": "D-0",
                                    "service_type": "regular service"}  # fmt: skip
    assert move.sources["customer_id"] == "garage.resolve_customer"


@pytest.mark.proves("U.plans")
async def test_what_was_said_at_once_is_read_for_the_look_ups_too(server: InProcessServer) -> None:
    catalog = Catalog(tuple((await server.list_tools()).tools))
    interpreter, context = Interpreter(catalog), Context(now=1.795e9)
    text = "I need to book a service. My mobile is 9876543210"
    best = interpreter.read([text], context).interpretations[0]
    assert best.tool == "garage.book_service"
    planner = Planner(catalog)
    said = {name: interpreter.values(name, text, context) for name in planner.lookups(best.tool)}
    move = planner.next(best.tool, best.arguments, KnownFacts(), said)
    assert move == Look("garage.resolve_customer", {"mobile": "9876543210"}, "customer_id")


def _lookup(name: str, parameter: str, gives: str, **more: object) -> JSON:
    return tool(name, "Look it up", {parameter: {"type": "string"}}, (parameter,),
                annotations={"readOnlyHint": True},
                outputSchema={"type": "object", "properties": {gives: {"type": "string"}}}, **more)  # fmt: skip


@pytest.mark.proves("U.plans")
def test_a_tool_with_effects_is_never_part_of_a_plan() -> None:
    makes = tool("create_customer", "Create a customer", {"name": {"type": "string"}}, ("name",),
                 outputSchema={"type": "object", "properties": {"customer_id": {"type": "string"}}})  # fmt: skip
    goal = tool("cancel_contract", "Cancel", {"customer_id": {"type": "string"}}, ("customer_id",))
    move = Planner(catalog_of(makes, goal)).next("made-up.cancel_contract", {})
    assert move == Ask("made-up.cancel_contract", "customer_id", "customer_id")


def test_plans_that_lead_in_a_circle_end_in_a_question() -> None:
    catalog = catalog_of(
        _lookup("find_a", "b_id", "a_id"), _lookup("find_b", "a_id", "b_id"),
        tool("go", "Go", {"a_id": {"type": "string"}}, ("a_id",)),
    )  # fmt: skip
    move = Planner(catalog).next("made-up.go", {})
    assert isinstance(move, Ask)


def test_a_look_up_that_said_nothing_is_not_called_again() -> None:
    catalog = catalog_of(
        _lookup("find_trip", "name", "trip_id"), tool("go", "Go", {"trip_id": {"type": "string"}}, ("trip_id",))
    )
    planner = Planner(catalog)
    facts = KnownFacts().learned("made-up.find_trip", {"note": "none"})
    assert planner.next("made-up.go", {}, facts) == Ask("made-up.go", "trip_id", "trip_id")


def test_a_tool_without_an_output_schema_is_used_once_it_has_shown_what_it_returns() -> None:
    shy = tool("find_trip", "Find", {"name": {"type": "string"}}, ("name",), annotations={"readOnlyHint": True})
    catalog = catalog_of(shy, tool("go", "Go", {"trip_id": {"type": "string"}}, ("trip_id",)))
    planner = Planner(catalog)
    assert planner.next("made-up.go", {}) == Ask("made-up.go", "trip_id", "trip_id")
    shown = KnownFacts((), KnownFacts().learned("made-up.find_trip", {"trip": {"id": "T1"}}).shapes)
    assert planner.next("made-up.go", {}, shown) == Ask("made-up.find_trip", "name", "trip_id")


def test_values_of_another_server_are_never_passed_on() -> None:
    facts = KnownFacts().learned("elsewhere.find", {"trip_id": "T1"})
    catalog = catalog_of(tool("go", "Go", {"trip_id": {"type": "string"}}, ("trip_id",)))
    assert Planner(catalog).next("made-up.go", {}, facts) == Ask("made-up.go", "trip_id", "trip_id")
