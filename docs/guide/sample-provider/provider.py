#!/usr/bin/env python3
"""A load-balancer provider for Portolan in one file: Python 3.11, standard library only.

Its cloud is a JSON file; sockets of this machine forward to node ports (forward.py). Copy it, keep the last part, and put
your own cloud in the place of `Cloud`. Three rules keep people's addresses: what is made carries its owner's marks from its
first moment; nothing is touched whose marks do not match; `plan` and `report` look at nothing but their arguments.
"""

import fcntl
import ipaddress
import itertools
import json
import os
import sys
import threading
import traceback

CLUSTER, KEY, SERVICE = "portolan.dev/cluster", "portolan.dev/key", "portolan.dev/service"
FEATURES = (
    "tcp udp sctp mixedProtocols ipv4 ipv6 dualStack publicScheme internalScheme requestedAddress sourceRanges "
    "clientIpAffinity localTrafficPolicy clusterTrafficPolicy noNodePorts proxyProtocol"
).split()
LACKS = {
    "sctp": "Python has no portable SCTP sockets",
    "ipv6": "the sample listens on IPv4 only",
    "dualStack": "the sample listens on IPv4 only",
    "requestedAddress": "the sample chooses addresses itself",
    "clientIpAffinity": "the sample gives each connection to the next node",
    "noNodePorts": "the sample reaches Pods through node ports only",
    "proxyProtocol": "the sample does not send the PROXY protocol",
}


class Refused(Exception):
    """An answer that says no, with a code of docs/reference/reasons.md."""

    def __init__(self, code, message, **more):
        super().__init__(message)
        self.error = {"code": code, "message": message, **more}


# --- what it is -------------------------------------------------------------------------------------------------------


def row(kind, text, edit="in-place", **more):
    return {"type": kind, "text": text, "since": "1", "edit": edit, **more}


CONNECTION = {
    "stateFile": row("string", "The file that holds every load balancer.", "only-at-creation", required=True),
    "publicRange": row("string", "Network that public addresses are taken from.", "only-at-creation"),
    "internalRange": row("string", "Network that internal addresses are taken from.", "only-at-creation"),
}
SETTINGS = {
    "udpIdleTimeout": row(
        "duration",
        "After how long without a datagram a UDP client may be sent to another node.",
        default=60_000,
        minimum=1_000,
        annotations=["portolan.dev/udp-idle-timeout"],
    )
}
SANDBOX = {"stateFile": "state.json", "publicRange": "127.80.0.128/25", "internalRange": "127.81.0.128/25"}


def table(rows):
    """Rows, and the same as JSON Schema."""
    types = {"string": {"type": "string"}, "duration": {"type": ["string", "integer"]}}
    schema = {"type": "object", "properties": {name: types[r["type"]] for name, r in rows.items()}}
    required = [name for name, r in rows.items() if r.get("required")]
    return {"rows": rows, "schema": {**schema, **({"required": required} if required else {})}}


def capabilities(lacks=None):
    lacks = {**LACKS, **(lacks or {})}
    return {"features": {name: {"lacks": lacks[name]} if name in lacks else True for name in FEATURES}, "unless": []}


def describe(request):
    if request.get("protocol") != "portolan.dev/provider/v1":
        raise Refused("UnsupportedFeature", "the sample speaks portolan.dev/provider/v1 only")
    return {
        "protocol": "portolan.dev/provider/v1",
        "kind": "sample",
        "settleMs": 0,  # a write of the file is seen by whoever wrote it, or was not made
        "clusterUnit": False,
        "endpointSlices": False,
        "connection": table(CONNECTION),
        "settings": table(SETTINGS),
        "capabilities": capabilities(),
        "permissions": [{"action": "write the state file", "why": "every load balancer is in it", "mutates": True}],
        "verbs": ["capabilities"],
        "sandbox": SANDBOX,
    }


# --- the cloud --------------------------------------------------------------------------------------------------------


class Cloud:
    """Load balancers in a file. Replace it by calls to your cloud."""

    def __init__(self, path, cluster, mode, durable):
        self.path, self.cluster, self.mode, self.durable = path, cluster, mode, durable
        self.lock = open(f"{path}.lock", "w") if mode == "control" else None
        try:
            if self.lock:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("StateFileLocked", f"another process holds {path}") from None
        self.load()

    def load(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                self.state = json.load(file)
        except FileNotFoundError:
            self.state = {"made": 0, "balancers": []}
        except ValueError:
            raise Refused("StateFileInvalid", f"{self.path} is not JSON") from None

    def balancers(self):
        if self.mode == "read":  # another process writes
            self.load()
        return self.state["balancers"]

    def find(self, name):
        return next((b for b in self.state["balancers"] if b["id"] == name), None)

    def write(self, balancers, made=0):
        """The one way to change anything: afterwards there is the old text or the new one, never half of it."""
        state = {"made": max(made, self.state["made"]), "balancers": balancers}
        with open(f"{self.path}.new", "w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            if self.durable:
                os.fsync(file.fileno())
        os.replace(f"{self.path}.new", self.path)
        self.state = state

    def close(self):
        if self.lock:
            self.lock.close()


HERE = {"cloud": None, "forwarder": None, "ranges": {}}


def start(request):
    connection, sandbox, control = request["connection"], request.get("sandbox"), request["mode"] == "control"
    ranges = {"public": connection.get("publicRange"), "internal": connection.get("internalRange")}
    try:
        HERE["ranges"] = {scheme: ipaddress.IPv4Network(text) for scheme, text in ranges.items() if text}
    except ValueError as wrong:
        raise Refused("InvalidConfig", f"a range is no IPv4 network: {wrong}") from None
    path = os.path.join(sandbox, connection["stateFile"]) if sandbox else connection["stateFile"]
    HERE["cloud"] = Cloud(path, request["clusterId"], request["mode"], durable=not sandbox)
    if control and not sandbox:
        from forward import Forwarder

        HERE["forwarder"] = Forwarder(lambda b: b["marks"] and send({"event": "changes", "key": b["marks"][KEY]}))
        HERE["forwarder"].serve(served())
    return {}


def close(_request):
    """Lets go of everything. What is recorded stays; another `start` may follow."""
    for part in ("forwarder", "cloud"):
        if HERE[part]:
            HERE[part].close()
        HERE[part] = None
    return {}


def capabilities_here(_request):
    missing = {"public", "internal"} - HERE["ranges"].keys()
    return capabilities({f"{scheme}Scheme": f"connection.{scheme}Range is not set" for scheme in missing})


def is_ours(balancer):
    return balancer["marks"].get(CLUSTER) == HERE["cloud"].cluster


def served():
    return [b for b in HERE["cloud"].balancers() if is_ours(b) or not b["marks"]]  # who else would serve a released one?


# --- observe: all that plan and report need to know -------------------------------------------------------------------


def marks_of(owner):
    names = ",".join(service["name"] for service in owner["services"])
    return {CLUSTER: owner["clusterId"], KEY: owner["key"], **({SERVICE: names} if names else {})}


def is_same_owner(a, b):
    return bool(a) and all(a.get(mark) == b.get(mark) for mark in (CLUSTER, KEY))


def observe(request):
    want, forwarder = request["want"], HERE["forwarder"]
    own = [b for b in HERE["cloud"].balancers() if is_same_owner(b["marks"], marks_of(want["owner"]))]
    have = {"own": own, "down": forwarder.problems() if forwarder else {}, "live": HERE["cloud"].mode == "control"}
    if want["kind"] == "spec" and keep(want, own) is None:
        have["free"] = free_addresses(want, {b["address"] for b in HERE["cloud"].balancers()})
    return {"have": have}


def free_addresses(want, taken, count=8):
    network = HERE["ranges"].get(want["scheme"])
    hosts = (str(host) for host in network.hosts()) if network else ()
    published = [i["ip"] for i in want["published"] if network and "ip" in i and ipaddress.ip_address(i["ip"]) in network]
    free = itertools.islice((host for host in hosts if host not in taken and host not in published), count)
    return [address for address in published if address not in taken] + list(free)


# --- plan: what must change. Pure: want and have, nothing else --------------------------------------------------------


def keep(want, own):
    """The one that fits; a scheme that nobody asked for moves nothing. Of several: the published one, else the oldest."""
    published = {i.get("ip") for i in want["published"]}
    fitting = [b for b in own if "scheme" not in want["origin"] or b["scheme"] == want["scheme"]]
    return next((b for b in fitting if b["address"] in published), fitting[0] if fitting else None)


def plan(request):
    want, own = request["want"], request["have"]["own"]
    if want["kind"] == "gone":
        return {"steps": [release(b) if want["leave"] == "everything" else removal(b) for b in own], "refusals": []}
    if want["kind"] == "frozen":
        return {"steps": [step for b in own for step in follow(want, want["nodePorts"], b)], "refusals": []}
    kept = keep(want, own)
    if kept:
        steps = edits(want, kept)
    elif request["have"]["free"]:
        steps = [creation(want, request["have"]["free"])]
    else:
        text = f"no {want['scheme']} address is free"
        return {"steps": [], "refusals": [{"reason": "AddressesExhausted", "text": text}]}
    for old in own:
        if old is not kept:
            steps += follow(want, want["listeners"], old)
            steps.append(replacement(want, kept, old, [step["id"] for step in steps]))
    return {"steps": steps, "refusals": []}


def step(balancer, part, verb, summary, op, **more):
    return {
        "id": f"{balancer['id']}/{part}",
        "after": [],
        "verb": verb,
        "resource": {"kind": "load-balancer", "name": balancer["address"], "id": balancer["id"]},
        "summary": f"{summary} on {balancer['address']}",
        "proof": {"marks": balancer["marks"], "on": balancer["id"]},
        "repeat": "safe",
        "disruption": "none",
        "op": {"on": balancer["id"], **op},
        **more,
    }


def listeners_of(want):
    return {l["id"]: {"nodePort": l["nodePort"], "healthCheck": l["healthCheck"]} for l in want["listeners"]}


def members_of(want):
    return {"digest": want["membersDigest"], "addresses": [m["addresses"]["IPv4"] for m in want["members"] if "IPv4" in m["addresses"]]}


def creation(want, choices):
    marks = marks_of(want["owner"])
    made = {"marks": marks, "scheme": want["scheme"], "listeners": listeners_of(want), "members": members_of(want)}
    made.update(sourceRanges=want["sourceRanges"], settings=want["settings"])
    return {
        "id": "load-balancer/create",
        "after": [],
        "verb": "create",
        "resource": {"kind": "load-balancer", "name": choices[0]},
        "summary": f"create a load balancer on {choices[0]} or the next free address",
        "proof": {"willMark": marks},
        "repeat": "safe",
        "disruption": "none",
        "op": {"do": "create", "choices": choices, "made": made},
    }


def removal(balancer, **more):
    loses = {"loses": [f"address {balancer['address']} ({balancer['id']})"], "because": []}
    return step(balancer, "delete", "delete", "delete the load balancer", {"do": "delete"}, **{"disruption": "destroys", "claim": loses, **more})


def release(balancer):
    return step(balancer, "release", "update", "release the load balancer: it is nobody's", {"do": "set", "marks": {}})


def replacement(want, kept, old, after):
    """Ends a load balancer that has a successor. The claim is the same before the successor is made and after."""
    asked = want["origin"].get("scheme")
    if asked and old["scheme"] != want["scheme"]:
        because = [{"field": asked, "from": old["scheme"], "to": want["scheme"]}]
    else:
        because = [{"field": "status.loadBalancer.ingress", "from": old["address"], "to": kept["address"] if kept else ""}]
    claim = {"loses": [f"address {old['address']} ({old['id']})"], "because": because}
    return removal(old, after=after, releases=[old["address"]], disruption="changes-address", claim=claim)


def follow(want, node_ports, balancer):
    """Members and node ports: all that a frozen load balancer gets."""
    steps, members = [], members_of(want)
    if balancer["members"]["digest"] != members["digest"]:
        leaving = set(balancer["members"]["addresses"]) - set(members["addresses"])
        more = {"membersOnly": True, "disruption": "drains" if leaving else "none"}
        steps.append(step(balancer, "members", "update", "change the nodes", {"do": "set", "members": members}, **more))
    for name, port in ((l["id"], l["nodePort"]) for l in node_ports):
        if port and balancer["listeners"].get(name, {}).get("nodePort", port) != port:
            op = {"do": "listener", "name": name, "set": {"nodePort": port}}
            more = {"membersOnly": True, "disruption": "drains"}
            steps.append(step(balancer, f"{name}/node-port", "update", f"forward {name} to another node port", op, **more))
    return steps


def edits(want, balancer):
    """All that makes a load balancer equal to the spec; what takes away comes after what adds."""
    steps, have, wanted = [], balancer["listeners"], listeners_of(want)
    for name, listener in wanted.items():
        if name not in have:
            op = {"do": "listener", "name": name, "set": listener}
            steps.append(step(balancer, f"{name}/create", "create", f"listen on {name}", op))
        elif have[name]["healthCheck"] != listener["healthCheck"]:
            op = {"do": "listener", "name": name, "set": {"healthCheck": listener["healthCheck"]}}
            steps.append(step(balancer, f"{name}/health-check", "update", f"check the nodes of {name} another way", op))
    steps += follow(want, want["listeners"], balancer)
    if balancer["settings"] != want["settings"]:
        steps.append(step(balancer, "settings", "update", "set timeouts", {"do": "set", "settings": want["settings"]}))
    if balancer["sourceRanges"] != want["sourceRanges"]:
        steps.append(source_ranges(want, balancer))
    added = [s["id"] for s in steps if s["verb"] == "create"]
    for name in sorted(have.keys() - wanted.keys()):
        claim = {"loses": [f"listener {name} ({balancer['id']})"], "because": [{"field": "spec.ports", "from": name, "to": ""}]}
        more = {"after": added, "disruption": "drops-connections", "claim": claim}
        op = {"do": "listener", "name": name, "set": None}
        steps.append(step(balancer, f"{name}/delete", "delete", f"stop listening on {name}", op, **more))
    return steps


def source_ranges(want, balancer):
    """Narrower ranges cut clients off; wider ones nobody notices."""
    old, new = balancer["sourceRanges"] or ["0.0.0.0/0"], want["sourceRanges"] or ["0.0.0.0/0"]
    networks = [ipaddress.ip_network(text) for text in new]
    within = lambda a: any(a.version == b.version and a.subnet_of(b) for b in networks)
    words = {"from": ", ".join(old), "to": ", ".join(new)}
    because = [{"field": want["origin"].get("sourceRanges", "spec.loadBalancerSourceRanges"), **words}]
    claim = {"loses": [f"clients outside of {words['to']} ({balancer['id']})"], "because": because}
    narrower = not all(within(ipaddress.ip_network(text)) for text in old)
    more = {"disruption": "drops-connections", "claim": claim} if narrower else {}
    op = {"do": "set", "sourceRanges": want["sourceRanges"]}
    return step(balancer, "source-ranges", "update", f"accept clients of {words['to']}", op, **more)


# --- apply: one step, one change. Done already is success -------------------------------------------------------------


def apply(request):
    cloud, op, proof = HERE["cloud"], request["step"]["op"], request["step"]["proof"]
    outputs, balancer = {}, cloud.find(op.get("on"))
    if op["do"] == "create":
        outputs = create(cloud, op["made"], op["choices"])
    elif balancer is None:
        if op["do"] != "delete":
            raise Refused("NotFound", f"there is no load balancer {op['on']}")
    elif not is_same_owner(balancer["marks"], proof["marks"]):
        if balancer["marks"] or op.get("marks") != {}:  # released already
            raise Refused("ForeignResource", f"{op['on']} does not carry the marks of this owner")
    else:
        after = changed(balancer, op)
        cloud.write([after if b is balancer else b for b in cloud.state["balancers"] if after or b is not balancer])
    if HERE["forwarder"]:
        HERE["forwarder"].serve(served())
    if op["do"] == "delete":
        send({"event": "changes", "key": "all-waiting"})  # whoever waits for an address may have this one
    return {"outputs": outputs}


def create(cloud, made, choices):
    balancers = cloud.state["balancers"]
    balancer = next((b for b in balancers if is_same_owner(b["marks"], made["marks"]) and b["address"] in choices), None)
    if balancer is None:
        address = next((choice for choice in choices if choice not in {b["address"] for b in balancers}), None)
        if address is None:
            raise Refused("Conflict", "every address to choose from was taken meanwhile")
        number = cloud.state["made"] + 1  # never used twice
        balancer = {"id": f"lb-{number}", "address": address, **made}
        cloud.write([*balancers, balancer], number)
    return {"id": balancer["id"], "address": balancer["address"]}


def changed(balancer, op):
    """The record after an operation; None where it is no more."""
    if op["do"] == "delete":
        return None
    if op["do"] == "set":
        return {**balancer, **{field: op[field] for field in ("marks", "members", "settings", "sourceRanges") if field in op}}
    listeners = {**balancer["listeners"], op["name"]: {**balancer["listeners"].get(op["name"], {}), **(op["set"] or {})}}
    if op["set"] is None:
        del listeners[op["name"]]
    return {**balancer, "listeners": listeners}


# --- report: how it stands. Pure --------------------------------------------------------------------------------------


def report(request):
    want, own, have = request["want"], request["have"]["own"], request["have"]
    if want["kind"] == "gone":
        return {"ingress": "unknown" if want["leave"] == "everything" else [], "listeners": [], "notices": []}
    if want["kind"] == "spec":
        published = {i.get("ip") for i in want["published"]}
        # While a change waits for approval: the one that clients use.
        shown = keep(want, own) or next((b for b in own if b["address"] in published), own[0] if own else None)
    else:
        shown = own[0] if len(own) == 1 else None  # of two, only status knows which one clients use
    wanted = listeners_of(want) if want["kind"] == "spec" else shown["listeners"] if shown else {}
    listeners = [listener_report(name, shown, have) for name in wanted]
    if shown is None:
        return {"ingress": "unknown" if own else [], "listeners": listeners, "notices": []}
    return {"ingress": [{"ip": shown["address"], "ipMode": "Proxy"}], "listeners": listeners, "notices": [], "id": shown["id"]}


def listener_report(name, balancer, have):
    if not (balancer and name in balancer["listeners"] and have["live"]):
        return {"id": name, "state": "pending"}
    problem = have["down"].get(f"{balancer['address']} {name}")
    return {"id": name, "state": "failed", **problem} if problem else {"id": name, "state": "serving"}


def inventory(request, page=100):
    """Everything, in pages: ours by key, and what others have in our places."""
    at, balancers = int(request.get("after", "0")), HERE["cloud"].balancers()
    things = []
    for b in balancers[at : at + page]:
        foreign = {} if is_ours(b) else {"foreign": {"marks": b["marks"]}}
        things.append({"kind": "load-balancer", "id": b["id"], "name": b["address"], "main": True, "key": b["marks"].get(KEY, ""), **foreign})
    return {"things": things, **({"next": str(at + page)} if at + page < len(balancers) else {})}


# --- the protocol -----------------------------------------------------------------------------------------------------

VERBS = {
    "describe": describe,
    "start": start,
    "capabilities": capabilities_here,
    "observe": observe,
    "plan": plan,
    "apply": apply,
    "report": report,
    "inventory": inventory,
    "close": close,
}
writing = threading.Lock()


def send(message):
    with writing:
        sys.stdout.buffer.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        sys.stdout.buffer.flush()


def main():
    # One after the other, so a cancelled request is always answered already. The end of the input is the end.
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request.get("cancel"):
            continue
        try:
            send({"id": request["id"], "result": VERBS[request["verb"]](request)})
        except Refused as refused:
            send({"id": request["id"], "error": refused.error})
        except Exception:
            traceback.print_exc()  # stderr is the log
            send({"id": request["id"], "error": {"code": "InternalError", "message": "the sample provider has a bug; see the log"}})
    close(None)


if __name__ == "__main__":
    main()
