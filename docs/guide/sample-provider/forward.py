"""The data path of the sample provider: TCP and UDP sockets that forward to node ports, in a thread of their own."""

import asyncio
import errno
import ipaddress
import threading
import time

BLOCK = 65_536
REASONS = {
    errno.EACCES: ("PortNotPermitted", "the process may not listen on this port"),
    errno.EADDRINUSE: ("PortInUse", "another process listens on this address and port"),
    errno.EADDRNOTAVAIL: ("AddressNotAvailable", "the machine does not have this address"),
}


class Forwarder:
    """Follows the records: a socket for each listener, opened again every five seconds where it could not be."""

    def __init__(self, tell):
        self.tell, self.records, self.sockets, self.down, self.health, self.turn = tell, {}, {}, {}, {}, 0
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.retrying = asyncio.run_coroutine_threadsafe(self.retry(), self.loop)

    def serve(self, balancers):
        self.records = {b["address"]: b for b in balancers}
        asyncio.run_coroutine_threadsafe(self.follow(), self.loop).result()

    def problems(self):
        return {f"{address} {name}": {"reason": reason, "text": text} for (address, name), (reason, text) in self.down.items()}

    def close(self):
        self.retrying.cancel()
        self.serve([])
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def retry(self):
        while True:
            await asyncio.sleep(5)
            before = set(self.down)
            await self.follow()
            for address in {address for address, _ in before - set(self.down)}:
                self.tell(self.records[address])

    async def follow(self):
        wanted = {(b["address"], name) for b in self.records.values() for name in b["listeners"]}
        for key in set(self.sockets) - wanted:
            self.sockets.pop(key).close()
        self.down = {key: why for key, why in self.down.items() if key in wanted}
        for address, name in wanted - set(self.sockets):
            protocol, port = name.split("/")
            try:
                if protocol == "TCP":
                    socket = await asyncio.start_server(lambda r, w, key=(address, name): self.connected(key, r, w), address, int(port))
                else:
                    make = lambda key=(address, name): Udp(self, key)
                    socket, _ = await self.loop.create_datagram_endpoint(make, local_addr=(address, int(port)))
                self.sockets[address, name] = socket
                self.down.pop((address, name), None)
            except OSError as error:
                self.down[address, name] = REASONS.get(error.errno, ("ListenFailed", "the socket could not be opened"))

    def admits(self, key, client):
        ranges = self.records[key[0]]["sourceRanges"] if key[0] in self.records else ["127.0.0.1/32"]
        return not ranges or any(ipaddress.ip_address(client) in ipaddress.ip_network(text) for text in ranges)

    async def targets(self, key):
        """Where to, in turn; with traffic policy Local only nodes that have an endpoint."""
        record = self.records.get(key[0])
        listener = record and record["listeners"].get(key[1])
        if not listener:
            return []
        nodes, check = record["members"]["addresses"], listener["healthCheck"]
        if check["kind"] == "local":
            healthy = await asyncio.gather(*(self.is_healthy(node, check["port"]) for node in nodes))
            nodes = [node for node, good in zip(nodes, healthy) if good]
        self.turn += 1
        at = self.turn % max(len(nodes), 1)
        return [(node, listener["nodePort"]) for node in nodes[at:] + nodes[:at]]

    async def is_healthy(self, node, port):
        until, good = self.health.get((node, port), (0, False))
        if time.monotonic() >= until:
            good = await get_healthz(node, port)
            self.health[node, port] = (time.monotonic() + 1, good)
        return good

    async def connected(self, key, reader, writer):
        if self.admits(key, writer.get_extra_info("peername")[0]):
            for target in await self.targets(key):
                try:
                    back, forth = await asyncio.wait_for(asyncio.open_connection(*target), 2)
                except (OSError, TimeoutError):
                    continue
                await asyncio.gather(pump(reader, forth), pump(back, writer), return_exceptions=True)
                forth.close()
                break
        writer.close()


async def pump(reader, writer):
    while data := await reader.read(BLOCK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def get_healthz(node, port):
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(node, port)
            writer.write(f"GET /healthz HTTP/1.0\r\nHost: {node}\r\n\r\n".encode())
            good = b" 200 " in await reader.readline()
            writer.close()
            return good
    except (OSError, TimeoutError):
        return False


class Udp(asyncio.DatagramProtocol):
    """One UDP listener: each client has a socket to one node until it is silent, or the node is no target any more."""

    def __init__(self, forwarder, key):
        self.forwarder, self.key, self.flows, self.tasks = forwarder, key, {}, set()

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, _error):
        for flow in self.flows.values():
            flow.transport.close()

    def datagram_received(self, data, client):
        if self.forwarder.admits(self.key, client[0]):
            task = self.forwarder.loop.create_task(self.forward(data, client))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def forward(self, data, client):
        targets = await self.forwarder.targets(self.key)
        self.drop_idle()
        flow = self.flows.get(client)
        if flow is None or flow.target not in targets:
            if flow:
                self.flows.pop(client).transport.close()
            if not targets:
                return
            make = lambda: Flow(self.transport, client, targets[0])
            _, flow = await self.forwarder.loop.create_datagram_endpoint(make, remote_addr=targets[0])
            self.flows[client] = flow
        flow.used = time.monotonic()
        flow.transport.sendto(data)

    def drop_idle(self):
        record = self.forwarder.records.get(self.key[0])
        idle = record["settings"]["udpIdleTimeout"] / 1000 if record else 0
        for client in [client for client, flow in self.flows.items() if time.monotonic() - flow.used > idle]:
            self.flows.pop(client).transport.close()


class Flow(asyncio.DatagramProtocol):
    def __init__(self, back, client, target):
        self.back, self.client, self.target, self.used = back, client, target, time.monotonic()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, _node):
        self.used = time.monotonic()
        self.back.sendto(data, self.client)
