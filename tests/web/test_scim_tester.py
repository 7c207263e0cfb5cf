"""The portal against the conformance checks of scim2-tester, all in this process."""
import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server


@pytest.fixture
def client(app, make):
    make.sync_key(secret="the key")
    return WSGISCIMClient(app, base_url="http://localhost/scim/v2",
                          headers={"Authorization": "Bearer the key"})


def test_every_check_of_the_tester_is_a_success(client):
    results = check_server(client)
    assert [result for result in results if result.status != Status.SUCCESS] == []
    assert len(results) > 80
