"""The rows of the table: how each is measured, what its goal is, and whether it is met."""
import time

from . import exchange
from .exchange import cpu_seconds, pss_kib

GROUPS = ("start", "relay", "srtp", "calls", "register", "ivr", "rate")
RELAYED = (1000, 400, 50)  # the most first: memory per call is read on a fresh process
CALLS, REGISTRATIONS, IVR_CALLS = 200, 500, 20  # a second
FIRST_RATE, STEP, HIGHEST = 800, 1.25, 9000
BREATH = 6  # seconds after a rate that failed


class Row:
    """One line. `figures` holds lists of figures of each side, one a round."""

    def __init__(self, key, group, title, unit, goal, reach):
        self.key, self.group, self.title, self.unit, self.goal, self.reach = key, group, title, unit, goal, reach
        self.figures = {"ours": [], "theirs": [], "floor": []}
        self.note = ""

    def add(self, side, figure):
        self.figures[side].append(figure)


def at_most(limit, of):
    """The goal `limit` x that side's figure."""
    return f"<= {limit:g}x {of}", lambda m: (m["ours"] / m[of], limit, m["ours"] <= limit * m[of]) if m.get(of) else None


def absolute(limit, unit):
    return f"<= {limit:g} {unit}", lambda m: (m["ours"], limit, m["ours"] <= limit)


def at_least(limit, of):
    return f">= {limit:g}x {of}", lambda m: (m["ours"] / m[of], limit, m["ours"] >= limit * m[of]) if m.get(of) else None


def all_rows():
    rows = [
        Row("start", "start", "start to first answered OPTIONS", "ms", *absolute(50, "ms")),
        Row("idle-memory", "start", "idle memory (PSS), console and database open", "MiB", *absolute(20, "MiB")),
        Row("idle-cpu", "start", "idle CPU, of one core", "%", *absolute(0.5, "%")),
        Row("call-cpu", "calls", f"call set up and ended, media anchored, {CALLS}/s", "ms", *at_most(0.34, "theirs")),
        Row("invite-p50", "calls", f"INVITE to 200 at {CALLS}/s, p50", "ms", *at_most(0.45, "theirs")),
        Row("invite-p99", "calls", f"INVITE to 200 at {CALLS}/s, p99", "ms", *at_most(0.7, "theirs")),
        Row("rate", "rate", "highest rate without failure", "/s", *at_least(2, "theirs")),
    ]
    for calls in sorted(RELAYED):
        title = f"relayed G.711 packet, {calls} calls"
        rows += [Row(f"packet-{calls}-floor", "relay", title, "us", *at_most(1.25, "floor")),
                 Row(f"packet-{calls}", "relay", title, "us", *at_most(0.62, "theirs"))]
    rows += [
        Row("delay-p50", "relay", "added delay, 400 calls, p50", "us", *at_most(0.55, "theirs")),
        Row("delay-p99", "relay", "added delay, 400 calls, p99", "us", *at_most(0.57, "theirs")),
        Row("lost", "relay", "packets lost, 400 calls", "%", *absolute(0, "%")),
        Row("memory", "relay", f"memory per relayed call, {RELAYED[0]} calls", "KiB", *absolute(24, "KiB")),
        Row("srtp", "srtp", "SRTP (SDES) on one leg, packet, 100 calls", "us", *at_most(0.6, "theirs")),
        Row("register", "register", f"challenged REGISTER, durable binding, {REGISTRATIONS}/s", "ms", *at_most(0.57, "theirs")),
        Row("ivr", "ivr", "IVR: answer, 3 s prompt, one digit, bridge", "ms", *at_most(1.5, "floor")),
    ]
    return {row.key: row for row in rows}


class Round:
    """Measures every asked group once, ours and theirs in turn, on fresh processes."""

    def __init__(self, rows, groups, tools, best):
        self.rows, self.groups, self.tools, self.best = rows, groups, tools, best
        self.packet_floor = None

    def run(self, ours, theirs):
        self.sides = {"ours": ours, "theirs": theirs}
        for group in GROUPS:
            if group in self.groups:
                getattr(self, group)()

    def each(self):
        return self.sides.items()

    def start(self):
        time.sleep(5)  # what a start leaves to be done on the side is done
        for name, side in self.each():
            pids = side.pids()
            before = cpu_seconds(pids)
            time.sleep(5)
            self.rows["start"].add(name, side.start_ms)
            self.rows["idle-memory"].add(name, pss_kib(pids) / 1024)
            self.rows["idle-cpu"].add(name, (cpu_seconds(pids) - before) / 5 * 100)

    def calls(self):
        for name, side in self.each():
            said = self.tools.sip("call", side, CALLS)
            self.whole("call-cpu", name, said)
            self.rows["call-cpu"].add(name, said["cpu_ms"])
            self.rows["invite-p50"].add(name, said["ms_p50"])
            self.rows["invite-p99"].add(name, said["ms_p99"])

    def register(self):
        for name, side in self.each():
            said = self.tools.sip("reg", side, REGISTRATIONS)
            self.whole("register", name, said)
            self.rows["register"].add(name, said["cpu_ms"])

    def whole(self, key, name, said):
        if said["failed"]:
            self.rows[key].note = f"{said['failed']} of {said['calls']} failed ({name}, first {said['first_code']})"

    def relay(self):
        for calls in RELAYED:
            for name, side in self.each():
                # What carries sound at the peer is rtpengine alone; memory counts the signalling as well.
                media = side.pids() if name == "ours" else exchange.tree(side.processes[0].pid)
                before = 0
                if calls == RELAYED[0]:
                    # What the first calls bring into memory of the program itself is no call's.
                    self.tools.sip("call", side, CALLS, seconds=1)
                    before = pss_kib(side.pids())
                said = self.tools.relay(side, calls, media, watch=side if calls == RELAYED[0] else None)
                for key in (f"packet-{calls}", f"packet-{calls}-floor"):
                    self.rows[key].add(name, said["cpu_us"])
                if said["up"] < calls:
                    self.rows[f"packet-{calls}"].note = f"only {said['up']} calls came up ({name}, first {said['first_code']})"
                if calls == RELAYED[0]:
                    self.rows["memory"].add(name, (said["watched_kib"] - before) / calls)
                if calls == 400:
                    self.rows["delay-p50"].add(name, said["us_p50"])
                    self.rows["delay-p99"].add(name, said["us_p99"])
                    self.rows["lost"].add(name, said["loss_pct"])
            self.floor(calls)

    def floor(self, calls):
        said = self.tools.floor(calls)
        self.rows[f"packet-{calls}-floor"].add("floor", said["cpu_us"])
        self.rows[f"packet-{calls}"].add("floor", said["cpu_us"])
        if calls == 400:
            self.rows["delay-p50"].add("floor", said["us_p50"])
            self.rows["delay-p99"].add("floor", said["us_p99"])
            self.packet_floor = said["cpu_us"]

    def srtp(self):
        probe = self.tools.relay(self.sides["ours"], 1, [], "--srtp")
        if not probe["up"]:
            self.rows["srtp"].note = f"not measured: we refuse SDES ({probe['first_code'] or 'no answer'}); our SRTP is DTLS-SRTP, for browsers"
            return
        for name, side in self.each():
            media = side.pids() if name == "ours" else exchange.tree(side.processes[0].pid)
            self.rows["srtp"].add(name, self.tools.relay(side, 100, media, "--srtp")["cpu_us"])

    def ivr(self):
        """150 packets times the floor of this round; the peer has no IVR."""
        said = self.tools.sip("ivr", self.sides["ours"], IVR_CALLS)
        self.whole("ivr", "ours", said)
        self.rows["ivr"].add("ours", said["cpu_ms"])
        if self.packet_floor is None:
            self.packet_floor = self.tools.floor(400)["cpu_us"]
        self.rows["ivr"].add("floor", 150 * self.packet_floor / 1000)

    def rate(self):
        """Climbs until a rate fails twice. Later rounds begin two steps below the best of before."""
        for name, side in self.each():
            rate, best = self.best.get(name, FIRST_RATE * STEP * STEP) / STEP / STEP, 0
            while rate <= HIGHEST:
                if not self.holds(side, rate):
                    time.sleep(BREATH)
                    if best or not self.holds(side, rate):
                        if best or rate < 50:
                            break
                        rate /= 2
                        continue
                best, rate = rate, rate * STEP
            self.best[name] = max(best, self.best.get(name, 0))
            self.rows["rate"].add(name, best)
            time.sleep(BREATH)

    def holds(self, side, rate):
        said = self.tools.sip("call", side, round(rate))
        return said["good"] and said["wall"] < said["calls"] / rate * 1.1 + 0.6
