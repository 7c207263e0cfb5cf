import re
from base64 import b64encode
from dataclasses import fields
from pathlib import Path

import pytest

from config import Brand, Config, ConfigError, contrast

KEY = bytes(range(32))


@pytest.fixture
def env(tmp_path):
    """Settings that production accepts."""
    for name in ("bankid.pem", "ca.pem", "swish.pem", "ticket.pem"):
        (tmp_path / name).touch()
    return {
        "PORTAL_ENV": "production",
        "PORTAL_SECRET_KEY": "k9Zq-3vXw_7LmTnR2sYbH5cDfG8jPaUe",
        "PORTAL_DATA_KEY": b64encode(KEY).decode(),
        "PORTAL_DATABASE_URL": "postgresql://portal@db.example/portal",
        "PORTAL_REDIS_URL": "rediss://queue.example/0",
        "PORTAL_BASE_URL": "https://foretag.example.se/",
        "PORTAL_BANKID_CERTIFICATE": str(tmp_path / "bankid.pem"),
        "PORTAL_BANKID_CA": str(tmp_path / "ca.pem"),
        "PORTAL_TICKET_KEY_FILE": str(tmp_path / "ticket.pem"),
        "PORTAL_SMS_USER": "u1",
        "PORTAL_SMS_PASSWORD": "p1",
        "PORTAL_SMS_REPORT_KEY": "r1",
        "PORTAL_SWISH_CERTIFICATE": str(tmp_path / "swish.pem"),
        "PORTAL_SWISH_PAYEE": "1231181189",
        "PORTAL_NETS_SECRET_KEY": "live-secret-key-n1",
        "PORTAL_EMAIL_FROM": "Företagsportalen <noreply@example.se>",
        "PORTAL_BRAND_EMAIL": "foretag@example.se",
        "PORTAL_BRAND_BANKGIRO": "991-2346",
        "PORTAL_PEPPOL_URL": "https://ap.example.se/api",
        "PORTAL_PEPPOL_TOKEN": "t1",
    }


def refusal(env, **changes):
    with pytest.raises(ConfigError) as refused:
        Config.from_env(env | {f"PORTAL_{name}": value for name, value in changes.items()})
    return str(refused.value)


def test_settings_are_read_with_the_real_world_as_their_default(env, tmp_path):
    config = Config.from_env(env)
    assert config.base_url == "https://foretag.example.se"
    assert config.data_key == KEY
    assert config.bankid_url == "https://appapi2.bankid.com/rp/v6.0"
    assert config.sms_url == "https://api.46elks.com/a1"
    assert config.ticket_key_file == tmp_path / "ticket.pem"
    assert (config.smtp_host, config.smtp_port, config.smtp_starttls) == ("localhost", 25, False)


def test_a_rule_and_the_brand_can_be_set(env):
    config = Config.from_env(env | {
        "PORTAL_RULE_CODE_DAYS": "14", "PORTAL_BRAND_NAME": "Kalmar Länstrafik",
        "PORTAL_SMTP_STARTTLS": "yes", "PORTAL_TRUSTED_PROXIES": "1"})
    assert config.rules.code_days == 14
    assert config.rules.code_tries == 5
    assert config.brand.name == "Kalmar Länstrafik"
    assert config.smtp_starttls is True
    assert config.trusted_proxies == 1


def test_a_setting_that_is_shown_hides_its_secrets(env):
    shown = repr(Config.from_env(env))
    for secret in (env["PORTAL_SECRET_KEY"], repr(KEY), "p1'", "r1'", "n1'", "postgresql"):
        assert secret not in shown


@pytest.mark.parametrize(("name", "value", "said"), [
    ("ENV", "", "PORTAL_ENV is missing"),
    ("ENV", "prod", "PORTAL_ENV is one of development, production, testing"),
    ("SECRET_KEY", "", "PORTAL_SECRET_KEY is missing"),
    ("DATA_KEY", "c2hvcnQ=", "PORTAL_DATA_KEY is 32 random bytes written in base64"),
    ("DATA_KEY", "not base64!", "PORTAL_DATA_KEY is 32 random bytes written in base64"),
    ("DATABASE_URL", "mysql://db/x",
     "PORTAL_DATABASE_URL is an address that begins with sqlite or postgresql://"),
    ("REDIS_URL", "localhost:6379",
     "PORTAL_REDIS_URL is an address that begins with redis or rediss or unix://"),
    ("SMTP_PORT", "smtp", "PORTAL_SMTP_PORT is a whole number, not 'smtp'"),
    ("SMTP_STARTTLS", "1", "PORTAL_SMTP_STARTTLS is yes or no"),
    ("TICKET_KEY_FILE", "", "PORTAL_TICKET_KEY_FILE is missing"),
    ("TICKET_KEY_FILE", "/nowhere", "PORTAL_TICKET_KEY_FILE names a file that is not there: "
                                    "/nowhere"),
    ("RULE_CODE_DAYS", "-1", "PORTAL_RULE_CODE_DAYS is a whole number, not '-1'"),
    ("BRAND_COLOUR", "teal", "PORTAL_BRAND_COLOUR is written #rrggbb, not 'teal'"),
    ("BRAND_COLOUR", "#6cc9df", "PORTAL_BRAND_COLOUR cannot be read: "
                                "#6cc9df on #fbfaf7 is 1.8:1, and 4.5:1 is the least"),
    ("BRAND_COLOUR_DARK", "#00566b", "PORTAL_BRAND_COLOUR_DARK cannot be read: "
                                     "#00566b on #10181e is 2.2:1, and 4.5:1 is the least"),
])
def test_a_broken_setting_is_one_line_that_names_it(env, name, value, said):
    assert refusal(env, **{name: value}) == said


@pytest.mark.parametrize("key", [
    "short", "x" * 40, "changeme-changeme-0123456789-qwerty", "my-secret-key-that-is-quite-long-9",
])
def test_production_refuses_a_secret_key_that_can_be_guessed(env, key):
    assert refusal(env, SECRET_KEY=key).startswith("PORTAL_SECRET_KEY can be guessed")


def test_production_takes_readings_with_a_long_token_or_not_at_all(env):
    assert Config.from_env(env).validation_token == ""
    assert refusal(env, VALIDATION_TOKEN="sandbox").startswith("PORTAL_VALIDATION_TOKEN can be")


def test_production_refuses_a_data_key_of_one_byte_repeated(env):
    zeros = b64encode(bytes(32)).decode()
    assert refusal(env, DATA_KEY=zeros).startswith("PORTAL_DATA_KEY can be guessed")


@pytest.mark.parametrize(("name", "value"), [
    ("BANKID_URL", "http://127.0.0.1:8001/bankid/rp/v6.0"),
    ("BANKID_URL", "https://localhost:8001/bankid/rp/v6.0"),
    ("BANKID_URL", "https://appapi2.test.bankid.com/rp/v6.0"),
    ("SMS_URL", "https://192.168.1.4/46elks/a1"),
    ("SMS_URL", "http://api.46elks.com/a1"),
    ("SWISH_URL", "https://mss.cpc.getswish.net/swish-cpcapi/api"),
    ("NETS_URL", "https://test.api.dibspayment.eu"),
])
def test_production_refuses_a_sandbox(env, name, value):
    said = f"PORTAL_{name} is a sandbox, {value}: it is not for production"
    assert refusal(env, **{name: value}) == said


def test_production_refuses_a_key_to_test_payments(env):
    said = refusal(env, NETS_SECRET_KEY="test-secret-key-n1")
    assert said == "PORTAL_NETS_SECRET_KEY is of their test environment"


def test_production_takes_a_mail_server_on_the_same_machine_but_not_the_sandbox(env):
    assert Config.from_env(env | {"PORTAL_SMTP_HOST": "127.0.0.1"}).smtp_port == 25
    assert refusal(env, SMTP_HOST="127.0.0.1", SMTP_PORT="8002").startswith("PORTAL_SMTP_HOST")


def test_production_refuses_plain_http(env):
    said = refusal(env, BASE_URL="http://foretag.example.se")
    assert said == "PORTAL_BASE_URL must begin with https:// in production"


@pytest.mark.parametrize("name", [
    "BANKID_CERTIFICATE", "BANKID_CA", "SMS_USER", "SMS_PASSWORD", "SMS_REPORT_KEY", "EMAIL_FROM",
    "BRAND_EMAIL", "SWISH_CERTIFICATE", "SWISH_PAYEE", "NETS_SECRET_KEY",
])
def test_production_needs_what_the_real_world_asks_for(env, name):
    assert refusal(env, **{name: ""}) == f"PORTAL_{name} is missing"
    assert Config.from_env(env | {"PORTAL_ENV": "development", f"PORTAL_{name}": ""})


def test_contrast_is_that_of_wcag():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_the_manual_names_every_setting():
    read = set(re.findall(r"PORTAL_[A-Z_]+[A-Z]\b", Path("config.py").read_text(encoding="utf-8")))
    told = set(re.findall(r"PORTAL_[A-Z_]+\b", Path("docs/production.md").read_text("utf-8")))
    brand = {f"PORTAL_BRAND_{part.name.upper()}" for part in fields(Brand)}
    assert (read | brand) - told == set()
