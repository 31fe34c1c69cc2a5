"""A network between a client and a server that does what networks do: delay, stop for a while, lose a connection with or
without telling anybody."""
import collections
import selectors
import socket
import threading
import time

from rig import free_port


class Way:
    """One direction of a connection: bytes that are on their way, each piece with the time at which it arrives."""

    def __init__(self, source, sink):
        self.source, self.sink, self.pieces = source, sink, collections.deque()


class Proxy:
    """Listens on `port` and passes on to `target`. All state is the thread's, apart from what the methods set."""

    def __init__(self, target):
        self.target, self.port = target, free_port()
        self.latency_s, self.connections = 0.0, 0
        self._held = self._swallowing = self._closing = False
        self._orders = collections.deque()
        self._selector = selectors.DefaultSelector()
        self._ways, self._lost = [], set()
        self._ear = socket.create_server(("127.0.0.1", self.port))
        self._wake, self._waker = socket.socketpair()
        for one in (self._ear, self._wake):
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def hold(self, held=True):
        """Bytes wait on the way, as where packets are lost and TCP sends them again; `hold(False)` lets them through."""
        self._order(lambda: setattr(self, "_held", held))

    def vanish(self):
        """Half-open: nothing passes any more, on old connections and on new ones, and neither side is told."""
        def swallow():
            self._swallowing = True
            self._lost.update(way.source for way in self._ways)
        self._order(swallow)

    def heal(self):
        """New connections pass again. Those that were lost stay lost."""
        self._order(lambda: setattr(self, "_swallowing", False))

    def cut(self):
        """Both sides of every connection are told that it is gone."""
        self._order(lambda: [self._end(way.source) for way in list(self._ways)])

    def close(self):
        self._order(lambda: setattr(self, "_closing", True))
        self._thread.join()

    def _order(self, what):
        done = threading.Event()
        self._orders.append((what, done))
        self._waker.send(b"x")
        assert done.wait(10), "the proxy does not answer"

    # --- the thread ---

    def _run(self):
        while not self._closing:
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is self._ear:
                    self._accept()
                elif key.fileobj is self._wake:
                    self._wake.recv(4096)
                else:
                    self._read(key.fileobj)
            while self._orders:
                what, done = self._orders.popleft()
                what()
                done.set()
            self._pass_on()
        for way in list(self._ways):
            self._end(way.source)
        for one in (self._ear, self._wake, self._waker, self._selector):
            one.close()

    def _patience(self):
        due = [way.pieces[0][0] for way in self._ways if way.pieces]
        return None if self._held or not due else max(0.0, min(due) - time.monotonic())

    def _accept(self):
        client, _ = self._ear.accept()
        self.connections += 1
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            return client.close()
        for source, sink in ((client, server), (server, client)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ways.append(Way(source, sink))
            self._selector.register(source, selectors.EVENT_READ)
            if self._swallowing:
                self._lost.add(source)

    def _read(self, source):
        way = next((way for way in self._ways if way.source is source), None)
        if way is None:
            return
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        if source in self._lost:
            if not data:  # this side has given up; the other one goes on believing
                self._selector.unregister(source)
                self._ways.remove(way)
                source.close()
            return
        if not data:
            self._selector.unregister(source)
        way.pieces.append((time.monotonic() + self.latency_s, data))

    def _pass_on(self):
        for way in list(self._ways):
            while not self._held and way.pieces and way.pieces[0][0] <= time.monotonic():
                data = way.pieces.popleft()[1]
                try:
                    if not data:
                        raise OSError("the other side has ended")
                    way.sink.sendall(data)
                except OSError:
                    self._end(way.source)
                    break

    def _end(self, source):
        for way in [way for way in self._ways if source in (way.source, way.sink)]:
            self._ways.remove(way)
            self._lost.discard(way.source)
            if way.source in self._selector.get_map():
                self._selector.unregister(way.source)
            way.source.close()
