"""Money is never lost and never made, in whatever order things happen and whatever dies."""
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chromium import everything
from tests.domain.trading import Trading


def test_money_in_is_goods_and_refunds_and_what_is_open(portal, db, make, stage):
    run_state_machine_as_test(
        lambda: Trading(portal, db, make, stage),
        settings=settings(max_examples=60 if everything() else 8, stateful_step_count=30,
                          deadline=None, database=None,
                          suppress_health_check=list(HealthCheck)))
