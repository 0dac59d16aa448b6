"""The sockets of a laboratory of network namespaces: servers that say who they are, clients that say what became of them.

One process holds all of them: it enters a namespace, makes a socket, and leaves again, for a socket belongs to the namespace
that it was made in. It reads one request per line from standard input, as JSON, and answers each with one line. Python's
standard library only.

Requests:
  listen   {sockets: [{netns, name, address, port}]}                        -> {}
  connect  {attempts: [{netns, source, address, port, patienceMs}], parallel} -> {results: [...]}
  sysctls  {netns, values}   values by path under /proc/sys                  -> {}
  counters {netns, names}    makes packet counters for `-m nfacct`           -> {}
  counted  {netns}           reads them                                      -> {counted: {name: packets}}
  forget   {}                closes every listening socket                   -> {}

A server answers each connection with its name and the address that it sees, and closes. A result of a connection is
  {outcome, synCount, atNs, name?, seen?}
with outcome answered, refused, reset, unreachable or timedOut; synCount the first packets sent, repetitions included; atNs
the clock of the process (CLOCK_MONOTONIC) right before the first of them.
"""
import ctypes
import errno
import heapq
import json
import os
import selectors
import socket
import struct
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
# Python has no name for them. Source: Linux include/uapi/linux/in.h; tcp.h, struct tcp_info; netfilter/nfnetlink_acct.h.
IP_BIND_ADDRESS_NO_PORT = 24
TOTAL_RETRANS_OFFSET = 100
NETLINK_NETFILTER = 12
NFNL_SUBSYS_ACCT = 7
NFNL_MSG_ACCT_NEW = 0
NFNL_MSG_ACCT_GET = 1
NFACCT_NAME = 1
NFACCT_PKTS = 2
NLM_F_REQUEST = 1
NLM_F_ACK = 4
NLM_F_DUMP = 0x300
NLM_F_CREATE = 0x400
NLMSG_ERROR = 2
NLMSG_DONE = 3

OUTCOMES = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ETIMEDOUT: "timedOut",
}


class Inside:
    """Enters a namespace for the length of a `with` block."""

    home = os.open("/proc/self/ns/net", os.O_RDONLY)

    def __init__(self, netns):
        self.netns = netns

    def __enter__(self):
        handle = os.open("/run/netns/" + self.netns, os.O_RDONLY)
        try:
            enter(handle)
        finally:
            os.close(handle)

    def __exit__(self, *_):
        enter(Inside.home)


def enter(handle):
    if LIBC.setns(handle, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def tcp_socket(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    return made


class Servers:
    """Listening sockets, and connections whose answer did not fit at once (none do, in practice)."""

    def __init__(self, selector):
        self.selector = selector
        self.sockets = []

    def listen(self, sockets):
        for each in sockets:
            with Inside(each["netns"]):
                server = tcp_socket(each["address"])
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((each["address"], each["port"]))
                server.listen(4096)
            self.sockets.append(server)
            self.selector.register(server, selectors.EVENT_READ, (self.accept, each["name"]))

    def accept(self, server, name):
        while True:
            try:
                connection, peer = server.accept()
            except BlockingIOError:
                return
            with connection:
                try:
                    connection.sendall(f"{name} {peer[0]}\n".encode())
                except OSError:
                    pass  # The client has gone already; its own result says why.

    def forget(self):
        for server in self.sockets:
            self.selector.unregister(server)
            server.close()
        self.sockets = []


class Clients:
    """Connection attempts, some at a time, begun in their order."""

    def __init__(self, selector):
        self.selector = selector

    def connect(self, attempts, parallel):
        self.results = [None] * len(attempts)
        self.open = {}
        self.deadlines = []
        following = iter(enumerate(attempts))
        more = True
        while more or self.open:
            while more and len(self.open) < parallel:
                index, attempt = next(following, (None, None))
                more = attempt is not None
                if more:
                    self.begin(index, attempt)
            self.wait()
        return self.results

    def begin(self, index, attempt):
        with Inside(attempt["netns"]):
            client = tcp_socket(attempt["address"])
            if attempt["source"] is not None:
                client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
                client.bind((attempt["source"], 0))
            at = time.monotonic_ns()
            code = client.connect_ex((attempt["address"], attempt["port"]))
        self.open[index] = (client, at, bytearray())
        if code not in (0, errno.EINPROGRESS):
            self.end(index, outcome_of(code))
            return
        self.selector.register(client, selectors.EVENT_WRITE, (self.connected, index))
        heapq.heappush(self.deadlines, (at + attempt["patienceMs"] * 1_000_000, index))

    def wait(self):
        timeout = None
        while self.deadlines and self.deadlines[0][1] not in self.open:
            heapq.heappop(self.deadlines)
        if self.deadlines:
            timeout = max(0, self.deadlines[0][0] - time.monotonic_ns()) / 1e9
        elif not self.open:
            return
        for key, _ in self.selector.select(timeout):
            action, subject = key.data
            action(key.fileobj, subject)
        while self.deadlines and self.deadlines[0][0] <= time.monotonic_ns():
            _, index = heapq.heappop(self.deadlines)
            if index in self.open:
                self.end(index, "timedOut")

    def connected(self, client, index):
        code = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code != 0:
            self.end(index, outcome_of(code))
            return
        self.selector.modify(client, selectors.EVENT_READ, (self.readable, index))

    def readable(self, client, index):
        try:
            part = client.recv(256)
        except BlockingIOError:
            return
        except OSError as error:
            self.end(index, outcome_of(error.errno))
            return
        if part:
            self.open[index][2].extend(part)
        else:
            self.end(index, "answered")

    def end(self, index, outcome):
        client, at, answer = self.open.pop(index)
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TOTAL_RETRANS_OFFSET + 4)
        repeated = struct.unpack_from("=I", info, TOTAL_RETRANS_OFFSET)[0]
        result = {"outcome": outcome, "synCount": 1 + repeated, "atNs": at}
        if outcome == "answered":
            result["name"], result["seen"] = answer.decode().split()
        self.results[index] = result
        try:
            self.selector.unregister(client)
        except KeyError:
            pass  # It never waited.
        client.close()


def set_sysctls(netns, values):
    with Inside(netns):
        for path, value in values.items():
            with open("/proc/sys/" + path, "w") as file:
                file.write(value)


def outcome_of(code):
    return OUTCOMES.get(code) or errno.errorcode.get(code, str(code))


def netlink(netns, kind, flags, attributes):
    """One request to nfnetlink_acct; the payloads of its answers, without their headers."""
    body = struct.pack("=BBH", socket.AF_UNSPEC, 0, 0) + attributes
    header = struct.pack("=IHHII", 16 + len(body), NFNL_SUBSYS_ACCT << 8 | kind, NLM_F_REQUEST | flags, 1, 0)
    with Inside(netns):
        channel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    payloads = []
    with channel:
        channel.bind((0, 0))
        channel.send(header + body)
        while True:
            data = channel.recv(65536)
            while data:
                length, answer = struct.unpack_from("=IH", data)
                payload = data[16:length]
                data = data[(length + 3) & ~3:]
                if answer == NLMSG_DONE:
                    return payloads
                if answer == NLMSG_ERROR:
                    code = -struct.unpack_from("=i", payload)[0]
                    if code != 0:
                        raise OSError(code, os.strerror(code))
                    return payloads
                payloads.append(payload[4:])


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def attributes_of(payload):
    found = {}
    while payload:
        length, kind = struct.unpack_from("=HH", payload)
        found[kind] = payload[4:length]
        payload = payload[(length + 3) & ~3:]
    return found


def make_counters(netns, names):
    for name in names:
        netlink(netns, NFNL_MSG_ACCT_NEW, NLM_F_ACK | NLM_F_CREATE, attribute(NFACCT_NAME, name.encode() + b"\0"))


def read_counters(netns):
    payloads = map(attributes_of, netlink(netns, NFNL_MSG_ACCT_GET, NLM_F_DUMP, b""))
    return {
        each[NFACCT_NAME].rstrip(b"\0").decode(): struct.unpack(">Q", each[NFACCT_PKTS])[0] for each in payloads
    }


def main():
    selector = selectors.DefaultSelector()
    servers = Servers(selector)
    clients = Clients(selector)
    for line in sys.stdin:
        request = json.loads(line)
        do = request["do"]
        try:
            answer = {}
            if do == "listen":
                servers.listen(request["sockets"])
            elif do == "connect":
                answer = {"results": clients.connect(request["attempts"], request["parallel"])}
            elif do == "sysctls":
                set_sysctls(request["netns"], request["values"])
            elif do == "counters":
                make_counters(request["netns"], request["names"])
            elif do == "counted":
                answer = {"counted": read_counters(request["netns"])}
            elif do == "forget":
                servers.forget()
            else:
                answer = {"error": "no such request: " + do}
        except OSError as error:
            answer = {"error": f"{do}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
