"""A line with a round trip: octets pass at any rate, each so much later than it came."""

import queue
import socket
import threading
import time

BLOCK = 1 << 20


class Relay:
    """Listens on a port of loopback and passes on to another. What it holds back has no bound, so bandwidth has none."""

    def __init__(self, port, round_trip):
        self.to, self.delay = ("127.0.0.1", port), round_trip / 2
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        start(self._accept)

    def _accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return  # It was closed.
            far = socket.create_connection(self.to)
            for end in near, far:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pass(near, far)
            self._pass(far, near)

    def _pass(self, source, target):
        under_way = queue.SimpleQueue()
        start(self._take, source, under_way)
        start(self._deliver, under_way, target)

    def _take(self, source, under_way):
        octets = True
        while octets:
            try:
                octets = source.recv(BLOCK)
            except OSError:
                octets = b""
            under_way.put((time.monotonic() + self.delay, octets))

    @staticmethod
    def _deliver(under_way, target):
        try:
            while True:
                due, octets = under_way.get()
                time.sleep(max(due - time.monotonic(), 0))
                if not octets:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(octets)
        except OSError:
            target.close()  # The other side is gone, and so its end goes, too.

    def close(self):
        self.listener.close()


def start(work, *arguments):
    threading.Thread(target=work, args=arguments, daemon=True).start()
