#!/usr/bin/env python3
"""Receivers on loopback, which hold each payload to the rules of the service it is for.

    receiver.py PORT-FILE LOG [--secret TEXT] [--tls CERT-AND-KEY] PATH=ANSWER[,ANSWER…]…

They hold it to the service's own schema too, as `vendor_forms.py` finds one.

An answer is a status, `429:SECONDS` with Retry-After, `error` (200 with the text of an error) or
`silence`; the last one is given again and again. LOG has a line a request: the path, the answer,
what was told, and what is wrong with it.
"""
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import threading
import time

sys.dont_write_bytecode = True
import vendor_forms  # noqa: E402

arguments = sys.argv[1:]
port_file, log_path = arguments[:2]
plans, secret, tls = {}, b"", None
rest = iter(arguments[2:])
for argument in rest:
    if argument == "--secret":
        secret = next(rest).encode()
    elif argument == "--tls":
        tls = next(rest)
    else:
        path, answers = argument.split("=", 1)
        plans[path] = answers.split(",")
lock = threading.Lock()


def need(condition, words):
    if not condition:
        raise ValueError(words)


def slack(body, raw, headers):
    need(len(raw) < 10_000, "over 10,000 characters")
    need(0 < len(body["text"]) <= 40_000, "no text")
    need(set(body) <= {"text", "blocks"} and len(body["blocks"]) <= 50, "blocks")
    for block in body["blocks"]:
        need(block["type"] in ("header", "section", "context"), "a block's type")
        if block["type"] == "header":
            need(block["text"]["type"] == "plain_text", "a header is plain text")
            need(1 <= len(block["text"]["text"]) <= 150, "a header's length")
        if block["type"] == "section":
            need(("text" in block) != ("fields" in block), "text or fields")
        texts = [block["text"]] if block["type"] == "section" and "text" in block else []
        need(len(block.get("fields", [])) <= 10, "over 10 fields")
        for text in texts:
            need(1 <= len(text["text"]) <= 3_000, "a text's length")
        for text in block.get("fields", []):
            need(1 <= len(text["text"]) <= 2_000, "a field's length")
        need(block["type"] != "context" or 1 <= len(block["elements"]) <= 10, "a context's elements")
        for text in texts + block.get("fields", []) + block.get("elements", []):
            need(text["type"] in ("mrkdwn", "plain_text"), "a text's type")
            need(1 <= len(text["text"]) <= 3_000, "a text's length")
    vendor_forms.slack(body["blocks"])
    return body["text"]


TEXT_BLOCK = {"type", "text", "wrap", "size", "weight", "color", "isSubtle", "fontType", "spacing", "style"}


def teams(body, raw, headers):
    need(len(raw) < 28 * 1024, "over 28 kB")
    need(body["type"] == "message" and len(body["attachments"]) == 1, "an envelope")
    attachment = body["attachments"][0]
    need(attachment["contentType"] == "application/vnd.microsoft.card.adaptive", "content type")
    card = attachment["content"]
    need(card["type"] == "AdaptiveCard" and card["version"] == "1.5", "a card of 1.5")
    for element in card["body"]:
        if element["type"] == "TextBlock":
            need(set(element) <= TEXT_BLOCK and isinstance(element["text"], str), "a text block")
            need(element.get("color", "Default") in ("Default", "Good", "Warning", "Attention"), "a color")
        else:
            need(element["type"] == "FactSet", "an element")
            for fact in element["facts"]:
                need(isinstance(fact["title"], str) and isinstance(fact["value"], str), "a fact")
    # What Teams adds to cards, which their schema does not know.
    need(card.pop("msteams") == {"width": "Full"}, "the width")
    vendor_forms.adaptive_card(card)
    return card["body"][0]["text"]


def pagerduty(body, raw, headers):
    need(len(raw) < 512 * 1024 and body["routing_key"], "a routing key")
    action = body["event_action"]
    need(action in ("trigger", "acknowledge", "resolve"), "an action")
    need(1 <= len(body["dedup_key"]) <= 255, "a key of at most 255 characters")
    need(set(body) <= {"routing_key", "event_action", "dedup_key", "client", "payload"}, "its members")
    vendor_forms.pagerduty_event(body)
    if action == "trigger":
        payload = body["payload"]
        need(1 <= len(payload["summary"]) <= 1_024 and payload["source"], "summary and source")
        need(payload["severity"] in ("critical", "error", "warning", "info"), "a severity")
        need(payload["timestamp"].endswith("Z"), "a timestamp")
        return f"{action} {body['dedup_key']} {payload['summary']}"
    return f"{action} {body['dedup_key']}"


def webhook(body, raw, headers):
    signed = headers["X-Medallion-Time"].encode() + b"." + raw
    digest = "sha256=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
    need(hmac.compare_digest(digest, headers["X-Medallion-Signature"]), "the signature")
    return f"{body['action']} {body['title']}"


FORMS = {"/slack": slack, "/teams": teams, "/pagerduty": pagerduty, "/webhook": webhook}


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            plan = plans[self.path]
            answer = plan.pop(0) if len(plan) > 1 else plan[0]
        try:
            need(self.headers["Content-Type"] == "application/json", "the content type")
            words = FORMS[self.path](json.loads(raw), raw, self.headers)
        except (ValueError, KeyError, TypeError) as wrong:
            words = f"WRONG: {wrong!r}"
        with lock, open(log_path, "a") as log:
            log.write(f"{self.path} {answer}: {words}\n")
        if answer == "silence":
            time.sleep(30)
            return
        status, _, wait = answer.partition(":")
        self.send_response(200 if status == "error" else int(status))
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        good = {"/slack": b"ok", "/pagerduty": b'{"status":"success"}'}.get(self.path, b"")
        bad = b"Webhook message delivery failed with error: HTTP error 403"
        self.wfile.write(bad if status == "error" else good if status.startswith("2") else b"")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
if tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port_file, "w") as file:
    file.write(str(server.server_address[1]))
server.serve_forever()
