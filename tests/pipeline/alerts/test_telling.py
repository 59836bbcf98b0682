"""Alerts that leave the house: to a webhook and by mail, on local servers."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from config.load import load_settings
from pipeline.alerts.telling import tell, try_channels
from store.alerts import close_alert, load_open, open_alert
from store.database import Store
from store.models import SourceName
from store.runs import start_run
from tests.builders import NOW
from tests.certificates import another_host, expired, good, of_nobody, trusted
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.alerts.smtp_server import PASSWORD, SmtpServer

PATH = "/hook/secret-key-1234567890"
QUICK = {"retries": 0, "backoff": 0, "timeout": 5}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


@pytest.fixture
def web():
    with LoopbackServer() as web:
        yield web


def settings(**alerts):
    overrides = {"network": QUICK, "alerts": alerts, "desk": {"language": "zh"}}
    return load_settings(overrides=overrides, environment=False)


def hooked(web, answer=Answer(body=b"ok"), **more):  # noqa: B008 - frozen
    return settings(webhook=web.route(PATH, answer), **more)


def alert(store, name="量子位", now=NOW):
    run = start_run(store, "nightly", now)
    open_alert(store, SourceName(name), "failing", "HTTP 404 from a.example", run=run, now=now)
    return run


def test_a_webhook_is_told_once_reminded_and_told_the_end(store, web):
    desk = hooked(web)
    run = alert(store)
    assert tell(store, desk, run, NOW) == ()
    assert tell(store, desk, run, NOW + timedelta(days=1)) == ()
    assert tell(store, desk, run, NOW + timedelta(days=7)) == ()
    [opened] = load_open(store)
    later = NOW + timedelta(days=8)
    close_alert(store, opened.id, "it answers again", later)
    assert tell(store, desk, run, later) == ()
    assert tell(store, desk, run, later + timedelta(days=1)) == ()
    said = [json.loads(asked.body) for asked in web.asked]
    assert [[a["state"] for a in one["alerts"]] for one in said] == [["new"], ["still"], ["over"]]
    assert "新告警" in said[0]["text"]
    assert "量子位: 抓取失败: HTTP 404 from a.example" in said[0]["text"]
    assert web.asked[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Answer(status=500), "HTTP 500 from 127.0.0.1"),
        (Answer(status=302, headers={"Location": "http://169.254.169.254/"}), "HTTP 302"),
        (
            Answer(body=b'{"errcode": 310000, "errmsg": "keywords not in content"}'),
            "310000 keywords",
        ),
        (Answer(body=b'{"code": 19001, "msg": "param invalid"}'), "19001 param invalid"),
        (Answer(raw=b""), "no answer from 127.0.0.1"),
    ],
)
def test_a_webhook_that_fails_is_told_of_without_its_key_and_tried_again(store, web, answer, cause):
    run = alert(store)
    [line] = tell(store, hooked(web, answer), run, NOW)
    assert line.startswith("alerts not sent by webhook, tried again next time: ")
    assert cause in line
    assert "secret-key" not in line
    web.asked.clear()
    assert tell(store, hooked(web), run, NOW + timedelta(days=1)) == ()
    assert [a["state"] for a in json.loads(web.asked[0].body)["alerts"]] == ["new"]


@pytest.mark.parametrize("form", ["feishu", "wecom", "dingtalk"])
def test_each_bot_gets_the_form_that_it_reads(store, web, form):
    run = alert(store)
    answer = Answer(body=b'{"errcode": 0, "errmsg": "ok"}')
    assert tell(store, hooked(web, answer, webhook_form=form), run, NOW) == ()
    body = json.loads(web.asked[0].body)
    if form == "feishu":
        assert (body["msg_type"], "量子位" in body["content"]["text"]) == ("text", True)
    else:
        assert (body["msgtype"], "量子位" in body["text"]["content"]) == ("text", True)


def mailing(server, **more):
    mail = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "sender": "desk@example.org",
        "to": ["a@example.org", "b@example.org"],
        **more,
    }
    return settings(mail=mail)


def test_a_mail_says_the_same_to_everybody_once(store):
    with SmtpServer() as server:
        desk = mailing(server, user="desk", password=PASSWORD)
        run = alert(store)
        assert tell(store, desk, run, NOW) == ()
        assert tell(store, desk, run, NOW + timedelta(days=1)) == ()
    [sent] = server.mails
    mail = message_from_bytes(sent, policy=default)
    assert mail["Subject"] == f"{desk.newsletter.title}：1 条新告警，0 条已恢复"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "量子位: 抓取失败: HTTP 404 from a.example" in mail.get_content()
    assert server.recipients == ["a@example.org", "b@example.org"]
    assert server.users == ["desk"]


@pytest.mark.parametrize(
    ("refuse", "more", "cause"),
    [
        ({}, {"user": "desk", "password": "wrong-password"}, "does not accept user and password"),
        ({"DATA": "451 try later"}, {}, "refused it: 451 try later"),
        ({"RCPT": "550 nobody"}, {}, "takes no mail for a@example.org, b@example.org"),
        ({}, {"security": "starttls"}, "STARTTLS"),
    ],
)
def test_a_mail_server_that_refuses_is_told_of_and_tried_again(store, refuse, more, cause):
    with SmtpServer(refuse) as server:
        run = alert(store)
        [line] = tell(store, mailing(server, **more), run, NOW)
        assert cause in line
        assert "wrong-password" not in line
        server.refuse.clear()
        assert tell(store, mailing(server), run, NOW + timedelta(days=1)) == ()
    assert len(server.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_encrypted_to_a_server_that_is_trusted(store, tmp_path, monkeypatch, security):
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    with SmtpServer(tls=good(), at_once=security == "tls") as server:
        desk = mailing(server, security=security, user="desk", password=PASSWORD)
        assert tell(store, desk, alert(store), NOW) == ()
    assert len(server.mails) == 1
    assert server.users == ["desk"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("certificate", "cause"),
    [
        (of_nobody, "self-signed certificate"),
        (expired, "certificate has expired"),
        (another_host, "IP address mismatch, certificate is not valid for '127.0.0.1'"),
    ],
)
def test_neither_mail_nor_password_goes_to_a_server_that_is_not_trusted(
    store, tmp_path, monkeypatch, security, certificate, cause
):
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    with SmtpServer(tls=certificate(), at_once=security == "tls") as server:
        desk = mailing(server, security=security, user="desk", password=PASSWORD)
        [line] = tell(store, desk, alert(store), NOW)
    assert f"its certificate is not trusted: {cause}" in line
    assert (server.users, server.mails) == ([], [])


@pytest.mark.parametrize(
    ("at_once", "security", "cause"),
    [
        (False, "none", "530 STARTTLS first"),
        (False, "tls", "no secure connection: wrong version number"),
        (True, "starttls", "timed out"),
    ],
)
def test_a_server_that_is_spoken_to_in_the_wrong_way_is_told_of(
    store, tmp_path, monkeypatch, at_once, security, cause
):
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    with SmtpServer(tls=good(), at_once=at_once) as server:
        desk = mailing(server, security=security)
        impatient = desk.network.model_copy(update={"timeout": 0.5})
        desk = desk.model_copy(update={"network": impatient})
        [line] = tell(store, desk, alert(store), NOW)
    assert cause in line
    assert server.mails == []


def test_one_address_that_is_refused_does_not_bring_the_others_a_mail_every_night(store):
    with SmtpServer({"RCPT a@example.org": "550 gone"}) as server:
        run = alert(store)
        assert tell(store, mailing(server), run, NOW) == ()
        assert tell(store, mailing(server), run, NOW + timedelta(days=1)) == ()
    assert len(server.mails) == 1


def test_a_mail_server_that_is_not_there_is_told_of(store):
    with SmtpServer() as server:
        desk = mailing(server)
    [line] = tell(store, desk, alert(store), NOW)
    assert "Connection refused" in line


def test_one_channel_that_fails_does_not_keep_the_other_from_being_told(store, web):
    with SmtpServer() as server:
        mail = mailing(server).alerts.mail.model_dump()
        run = alert(store)
        desk = settings(mail=mail, webhook=web.route(PATH, Answer(status=500)))
        assert len(tell(store, desk, run, NOW)) == 1
        desk = settings(mail=mail, webhook=web.route(PATH, Answer()))
        assert tell(store, desk, run, NOW + timedelta(days=1)) == ()
    assert len(server.mails) == 1
    assert len(web.asked) == 2


def test_channels_can_be_tried(web):
    assert try_channels(settings(), NOW) == {}
    assert try_channels(hooked(web), NOW) == {"webhook": None}
    assert "测试" in json.loads(web.asked[0].body)["text"]
