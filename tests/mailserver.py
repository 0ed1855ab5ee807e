"""A mail server that takes letters, or fails in one of the ways that real ones do."""

import asyncio
import socket
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default

from aiosmtpd.controller import Controller


class Mailbox:
    """What came in; and in ``fails`` the way in which the server fails from now on."""

    def __init__(self):
        self.letters: list[Message] = []
        self.fails = ""  # or one of the words below
        self.refused: dict[
            str, str
        ] = {}  # the answer, or "hangs", for each address that is not taken
        self.asked = 0  # how often a letter was brought, taken or not
        self.meanwhile = lambda: None  # called while a letter is being taken

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.fails == "refuses address":
            return "550 no such mailbox"
        if self.refused.get(address) == "hangs":
            await asyncio.sleep(3600)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.asked += 1
        self.meanwhile()
        if self.fails == "refuses":
            return "451 try again later"
        if self.fails == "hangs":
            await asyncio.sleep(3600)
        while self.fails == "drips":
            server.transport.write(b"2")
            await asyncio.sleep(0.1)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        if self.fails == "drops":
            server.transport.abort()
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        if self.fails == "hangs at the end":
            await asyncio.sleep(3600)
        return "221 Bye"


@contextmanager
def mail_server(port=None):
    """Start one on the loopback address; yields its Mailbox, with ``port``."""
    mailbox = Mailbox()
    mailbox.port = port or free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
