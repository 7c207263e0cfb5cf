"""What RQ calls, by name: `jobs.worker.deliver` and the jobs of the timetable."""
from functools import cache
from uuid import UUID

from jobs import (
    Portal,
    authorisations,
    business_travel,
    code_reminders,
    invoice_deliveries,
    invoice_reminders,
    leavers,
    limit_digests,
    offer_reminders,
    outbox,
    payments,
    purse_loads,
    reports,
    retention,
    saved_reports,
    shop_orders,
    statistics,
    ticket_reminders,
    webhooks,
)


@cache
def portal() -> Portal:
    from app import Config, open_store, outside
    config = Config.from_env()
    world = outside(config)
    return Portal(open_store(config, world), world, config.base_url, config.sms_report_key,
                  config.brand.name, config.brand.phone, config.brand.email,
                  config.brand.organisation_number, config.seller)


def deliver(message_ids: list[str]) -> None:
    outbox.deliver_each(portal(), [UUID(message_id) for message_id in message_ids])


def sweep() -> None:
    outbox.sweep(portal())


def settle_payments() -> None:
    payments.settle(portal())


def count_statistics() -> None:
    statistics.count(portal())


def look_at_invoices() -> None:
    invoice_deliveries.look(portal())


def remind_of_invoices() -> None:
    invoice_reminders.send(portal())


def expire_authorisations() -> None:
    authorisations.expire(portal())


def expire_shop_orders() -> None:
    shop_orders.expire(portal())


def make_missing_reports() -> None:
    reports.make_missing(portal())


def carry_out_leavings() -> None:
    leavers.carry_out(portal())


def end_business_travel() -> None:
    business_travel.end_past(portal())


def send_code_reminders() -> None:
    code_reminders.send(portal())


def send_saved_reports() -> None:
    saved_reports.send(portal())


def write_limit_digests() -> None:
    limit_digests.write(portal())


def send_offer_reminders() -> None:
    offer_reminders.send(portal())


def send_ticket_reminders() -> None:
    ticket_reminders.send(portal())


def send_load_reminders() -> None:
    purse_loads.remind(portal())


def forfeit_loads() -> None:
    purse_loads.forfeit(portal())


def forget_old() -> None:
    retention.forget_old(portal())


def tell_expired_codes() -> None:
    webhooks.tell_expired_codes(portal())
