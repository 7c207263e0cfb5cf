"""A company's own system, as the tests play it."""
from urllib.parse import quote
from uuid import UUID

from domain.scim_said import ENTERPRISE
from domain.scim_users import ScimUser
from domain.travellers import Traveller

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
MEDIA_TYPE = "application/scim+json"


class Scim:
    """What it asks, and what came back: `status` and `said` of the last answer."""

    def __init__(self, app, db, key="the key"):
        self.client, self.db, self.key = app.test_client(), db, key
        self.status, self.said, self.headers = 0, {}, {}

    def ask(self, method, path, body=None, **headers):
        answer = self.client.open(
            f"/scim/v2{path}", method=method, json=body,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": MEDIA_TYPE,
                     "Accept": MEDIA_TYPE} | headers)
        self.status, self.headers = answer.status_code, answer.headers
        self.said = answer.get_json() if answer.data else {}
        if answer.data:
            assert answer.mimetype == MEDIA_TYPE
        if self.status >= 400:
            assert self.said["schemas"] == [ERROR]
            assert self.said["status"] == str(self.status)
        self.db.rollback()
        self.db.expire_all()
        return self.said

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def found(self, kind, asked):
        """The ids that a filter finds."""
        said = self.get(f"/{kind}?filter={quote(asked)}")
        return [each["id"] for each in said.get("Resources", [])]

    def user(self, user_name="anna.ek@bolaget.example", **more):
        """A new user's id."""
        body = {"schemas": [USER], "userName": user_name,
                "name": {"givenName": "Anna", "familyName": "Ek"}, "active": True,
                "emails": [{"value": user_name, "type": "work", "primary": True}]} | more
        self.ask("POST", "/Users", body)
        assert self.status == 201, self.said
        return self.said["id"]

    def group(self, name="Depån", *member_ids):
        self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": name,
                                     "members": [{"value": each} for each in member_ids]})
        assert self.status == 201, self.said
        return self.said["id"]

    def patch(self, path, *operations, **headers):
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)},
                        **headers)

    def traveller(self, user_id) -> Traveller:
        return self.db.get_one(Traveller, self.db.get_one(ScimUser, UUID(user_id)).traveller_id)


def enterprise(**said):
    return {ENTERPRISE: said}
