"""When the recurring jobs run. Each of them makes good whatever it missed."""
from datetime import time

from integrations.timetable import Daily, Every, Tick

TIMETABLE: list[Tick] = [
    Every("jobs.worker.settle_payments", seconds=5),
    Every("jobs.worker.sweep", seconds=10),
    Every("jobs.worker.count_statistics", seconds=30),
    Every("jobs.worker.expire_authorisations", seconds=60),
    Every("jobs.worker.look_at_invoices", seconds=60),
    Every("jobs.worker.expire_shop_orders", seconds=300),
    Every("jobs.worker.carry_out_leavings", seconds=600),
    Every("jobs.worker.end_business_travel", seconds=600),
    Every("jobs.worker.tell_expired_codes", seconds=600),
    Daily("jobs.worker.make_missing_reports", at=time(1, 10)),
    Daily("jobs.worker.forget_old", at=time(2, 40)),
    Daily("jobs.worker.forfeit_loads", at=time(3, 20)),
    Daily("jobs.worker.send_saved_reports", at=time(6, 20)),
    Daily("jobs.worker.write_limit_digests", at=time(7, 15)),
    Daily("jobs.worker.send_offer_reminders", at=time(7, 30)),
    Daily("jobs.worker.remind_of_invoices", at=time(8, 20)),
    Daily("jobs.worker.send_ticket_reminders", at=time(10, 5)),  # nobody is woken by it
    Daily("jobs.worker.send_code_reminders", at=time(10, 15)),
    Daily("jobs.worker.send_load_reminders", at=time(10, 25)),
]
