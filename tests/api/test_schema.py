"""The OpenAPI document: committed, without warnings, complete, and served to who has signed in."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from api.examples import BODIES
from api.urls import addresses, collections
from api.views import description_of
from itsm.environment import BASE_DIR
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets import kinds

SNAPSHOT = BASE_DIR / "docs" / "openapi.json"


def test_the_committed_document_is_what_the_code_says(tmp_path):
    made = tmp_path / "openapi.json"
    call_command("spectacular", format="openapi-json", file=str(made), fail_on_warn=True)
    assert made.read_bytes() == SNAPSHOT.read_bytes(), (
        "If the change is wanted: ./run manage spectacular --format openapi-json --file docs/openapi.json"
    )


def test_every_operation_tells_its_answers_and_scope():
    operations = [
        (path, method, operation)
        for path, methods in description_of()["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "patch", "delete"}
    ]
    assert len(operations) > 100
    unsigned = {"/api/v1/hooks/{flow_key}/"}  # signed calls: no token, and webhook-id in place of the key
    for path, method, operation in operations:
        told = f"{method} {path}"
        assert operation.get("description"), told
        assert {"400", "401", "403", "429", "503"} <= set(operation["responses"]), told
        assert any(status.startswith("2") for status in operation["responses"]), told
        assert ("security" in operation) is (path not in unsigned), told
        if path not in {"/api/v1/", *unsigned}:
            assert operation["x-required-scopes"], told
        if method == "post" and path not in unsigned:
            assert "Idempotency-Key" in {each["name"] for each in operation["parameters"]}, told


def test_every_body_has_an_example_that_fits_and_every_address_names_its_parts():
    document = description_of()
    used = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            places = [each for each in operation.get("parameters", []) if each["in"] == "path"]
            assert all(each["example"] for each in places), f"{method} {path}"
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None or "$ref" not in content["schema"]:  # files, and signed calls with any body
                continue
            name = content["schema"]["$ref"].rpartition("/")[2]
            example = content["examples"]["demo"]["value"]
            checker = Draft202012Validator(content["schema"] | {"components": document["components"]})
            assert [each.message for each in checker.iter_errors(example)] == [], f"{method} {path}"
            assert example, name
            used.add(name.removeprefix("Patched").removesuffix("Request"))
    assert set(BODIES) - used == set()  # none for a body that is not there any more


def test_every_address_is_described():
    described = set(description_of()["paths"])
    for address in addresses:
        path = "/api/v1/" + address.route
        while "<" in path:
            start, end = path.index("<"), path.index(">")
            path = f"{path[:start]}{{{path[start + 1 : end].split(':')[1]}}}{path[end + 1 :]}"
        assert path in described


def test_every_kind_of_ticket_has_a_resource():
    assert {spec.path for spec in kinds.all_kinds()} <= set(collections)


def test_an_answer_is_what_the_document_says(db):
    caller = Caller(AgentFactory())
    incident = make_incident("in_progress")
    document = description_of()
    for path, name in (
        (f"incidents/{incident.number}/", "IncidentOut"),
        ("incidents/", "PaginatedIncidentOutList"),
        ("users/me/", "MeOut"),
    ):
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        body = caller.get(path).json()
        errors = [
            each.message
            for each in Draft202012Validator(schema).iter_errors(body)
            if "is a required property" not in each.message  # lists leave long fields out
        ]
        assert not errors, name
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    body = problem(caller.post(f"incidents/{incident.number}/transitions/start/"), 409, "wrong_state")
    Draft202012Validator(schema).validate(body)


def test_the_root_lists_what_the_caller_may_use(db):
    caller = Caller(UserFactory())
    root = caller.get("/api/v1/").json()
    assert root.pop("stream") == "/api/v1/stream/"  # after the address of the live process, where that is set
    assert root["incidents"] == "/api/v1/incidents/"
    assert {caller.get(address).status_code for address in root.values()} <= {200, 403}
    narrow = caller.post("tokens/", {"name": "x", "scopes": ["incidents:read"]}).json()["token"]
    assert set(Caller(token=narrow).get("/api/v1/").json()) == {"incidents", "incident-tasks"}


def test_the_document_needs_a_credential_and_is_cached(db):
    problem(Caller().get("schema/"), 401, "not_signed_in")
    caller = Caller(UserFactory())
    answer = caller.get("schema/")
    assert answer.json()["openapi"] == "3.1.1"
    assert caller.get("schema/", If_None_Match=answer["ETag"]).status_code == 304


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_docs_page_is_for_who_has_signed_in_and_asks_no_other_host(db, client, language):
    assert client.get("/api/v1/docs/").status_code == 302
    client.force_login(UserFactory())
    page = client.get("/api/v1/docs/", headers={"Accept-Language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>" not in text
    assert "<style" not in text
    assert "style=" not in text
    assert "http://" not in text.replace("http://127.0.0.1:8000", "").replace("http://www.w3.org", "")
    assert "curl" in text
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()


def test_the_snapshot_holds_no_secret():
    document = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    for name in ("ConnectorAuthEnum", "ConnectorSecretEnum"):  # they say what kinds of credentials there are
        del document["components"]["schemas"][name]
    assert "password" not in json.dumps(document).lower()
