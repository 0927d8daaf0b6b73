#!/usr/bin/env python3
"""A mail server on loopback that takes mail as it answers:

    mailbox.py PORT-FILE FOLDER ANSWER[,ANSWER…]

An answer is what is said to a whole mail, `250`, `451` or `554`, or `drop`: the line is cut then.
The last one is given again and again. What was accepted lies in FOLDER, a file of JSON a mail: from
whom, to whom, and its bytes as they came by the line, the dots of SMTP taken away.
"""
import json
import os
import socketserver
import sys
import threading

port_file, folder = sys.argv[1:3]
plan = sys.argv[3].split(",")
lock = threading.Lock()
taken = 0


class Mailbox(socketserver.StreamRequestHandler):
    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")

    def handle(self):
        self.say("220 mailbox")
        sender, receivers = None, []
        while line := self.rfile.readline():
            words = line.decode("latin-1").strip()
            verb = words.upper()
            if verb.startswith("EHLO"):
                self.say("250-mailbox")
                self.say("250 SIZE 1000000")
            elif verb.startswith("MAIL FROM:"):
                sender, receivers = words[10:].split(">")[0].lstrip("<"), []
                self.say("250 ok")
            elif verb.startswith("RCPT TO:"):
                receivers.append(words[8:].split(">")[0].lstrip("<"))
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                if not self.take(sender, receivers, self.text()):
                    return
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")

    def text(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def take(self, sender, receivers, text):
        global taken
        with lock:
            answer = plan.pop(0) if len(plan) > 1 else plan[0]
            if answer == "250":
                mail = {"from": sender, "to": receivers, "text": text.decode("latin-1")}
                with open(os.path.join(folder, f"{taken:06}.draft"), "w") as file:
                    json.dump(mail, file)
                os.rename(file.name, os.path.join(folder, f"{taken:06}.json"))
                taken += 1
            with open(os.path.join(folder, "answers"), "a") as log:
                log.write(answer + "\n")
        if answer != "drop":
            self.say(f"{answer} {'kept' if answer == '250' else 'not so'}")
        return answer != "drop"


socketserver.ThreadingTCPServer.daemon_threads = True
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
with open(port_file, "w") as file:
    file.write(str(server.server_address[1]))
server.serve_forever()
