"""When the recurring jobs run. Each of them makes good whatever it missed."""
from datetime import time

from integrations.timetable import Daily, Every, Tick

TIMETABLE: list[Tick] = [
    Every("jobs.worker.sweep", seconds=10),
    Every("jobs.worker.expire_authorisations", seconds=60),
    Every("jobs.worker.carry_out_leavings", seconds=600),
    Daily("jobs.worker.make_missing_reports", at=time(1, 10)),
    Daily("jobs.worker.forget_old", at=time(2, 40)),
    Daily("jobs.worker.send_ticket_reminders", at=time(10, 5)),  # nobody is woken by it
]
