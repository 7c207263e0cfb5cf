"""The rules of the portal, one module per noun. Knows the database; knows neither web nor queue.

Lower modules know nothing of higher ones:
errors, texts, rules, money, months, identity → store → outbox, access, audit, messages,
submissions, limits → companies, people, departments, travellers, terms, logins, employments →
products, tickets, sent_tickets, carried → codes, spendings, business_travel, deductions, offers,
applications, queue → traveller_imports, leavers, reports, today.
"""
from domain import (  # noqa: F401  every table is declared
    applications,
    audit,
    business_travel,
    codes,
    companies,
    deductions,
    departments,
    limits,
    logins,
    messages,
    offers,
    outbox,
    people,
    products,
    reports,
    submissions,
    terms,
    tickets,
    traveller_imports,
    travellers,
)
