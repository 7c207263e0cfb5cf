from dataclasses import replace

from sqlalchemy import create_engine

from integrations.queue import RqQueue


def test_the_process_lives(browser):
    answer = browser.get("/healthz")
    assert (answer.status, answer.response.text) == (200, "ok")


def test_ready_when_every_part_is(browser):
    answer = browser.get("/readyz")
    assert answer.status == 200
    assert answer.response.json == {
        "database": True, "queue": True, "worker": True, "scheduler": True}


def test_without_the_queue_the_pages_work_but_it_is_not_ready(browser, app, world):
    app.extensions["world"] = replace(world, queue=RqQueue("redis://127.0.0.1:9"))
    answer = browser.get("/readyz")
    assert answer.status == 503
    assert answer.response.json == {
        "database": True, "queue": False, "worker": False, "scheduler": False}
    assert browser.get("/").status == 200


def test_without_the_database_the_process_lives_but_is_not_ready(browser, store, monkeypatch):
    monkeypatch.setattr(store, "engine", create_engine("postgresql://nobody@127.0.0.1:9/nothing"))
    answer = browser.get("/readyz")
    assert (answer.status, answer.response.json["database"]) == (503, False)
    assert browser.get("/healthz").status == 200
