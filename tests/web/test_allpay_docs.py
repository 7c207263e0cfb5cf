import schemathesis

from blueprints.allpay_problems import KINDS
from tests.web.allpay_app import API, spec


def test_the_file_is_openapi():
    schemathesis.openapi.from_dict(spec()).validate()


def test_the_file_names_each_address_and_no_other(app):
    said = {(path.replace("{id}", "<key>"), method.upper())
            for path, methods in spec()["paths"].items() for method in methods}
    real = {(rule.rule.removeprefix(API), method) for rule in app.url_map.iter_rules()
            if rule.endpoint.partition(".")[0] in ("allpay_api", "allpay_token")
            and not rule.endpoint.endswith("anything_else")
            for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert said == real


def test_the_page_explains_each_operation_and_problem(browser):
    page = browser.get("/api/allpay/")
    assert all(path in page.said for path in spec()["paths"])
    ids = {attrs.get("id") for _, attrs in page.tags}
    assert set(KINDS) <= ids
    assert set(spec()["components"]["schemas"]) <= ids


def test_the_file_is_served_to_anyone(app):
    answer = app.test_client().get(f"{API}/openapi.json")
    assert answer.json == spec()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
