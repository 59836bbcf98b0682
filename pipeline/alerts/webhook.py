"""A message to a webhook: a POST of JSON, in the form that the other side reads.

Forms: Slack's and Mattermost's (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
with fields of ours beside ``text``; Feishu's (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot);
WeCom's (https://developer.work.weixin.qq.com/document/path/91770), which DingTalk reads too
(https://open.dingtalk.com/document/robots/custom-robot-access). These bots answer 200 to what they
refuse, and say so in ``errcode`` or ``code``.

The address is a secret and stands in nothing that is returned or logged.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic_core import from_json

from config.alert_settings import AlertSettings
from config.errors import SourceError
from config.settings import Network
from crawlers.http_session import HttpSession
from crawlers.pace import Pace
from crawlers.refusal import host_of
from pipeline.alerts.wording import Message

_SAID_CHARS = 200


def post(message: Message, settings: AlertSettings, network: Network) -> str | None:
    """Send a message; gives why it could not be, in one line, or None."""
    assert settings.webhook is not None
    url = settings.webhook.get_secret_value()
    try:
        with HttpSession(network, pace=Pace(), interval=0, configured=url) as session:
            answer = session.post(url, json=_body(message, settings), allow_redirects=False)
    except SourceError as error:
        return error.cause
    if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return f"HTTP {answer.status_code} from {host_of(url)}"
    return _refusal(answer.content, url)


def _body(message: Message, settings: AlertSettings) -> dict[str, Any]:
    match settings.webhook_form:
        case "feishu":
            return {"msg_type": "text", "content": {"text": message.text}}
        case "wecom" | "dingtalk":
            return {"msgtype": "text", "text": {"content": message.text}}
        case _:
            return {"text": message.text, **message.fields}


def _refusal(body: bytes, url: str) -> str | None:
    try:
        said = from_json(body)
    except ValueError:
        return None  # Slack says "ok"
    if not isinstance(said, dict):
        return None
    code = said.get("errcode") or said.get("code")
    if not isinstance(code, int) or code == 0:
        return None
    words = " ".join(str(said.get("errmsg") or said.get("msg") or "").split())[:_SAID_CHARS]
    return f"{host_of(url)} refused it: {code} {words}".rstrip()
