"""The worker of docs/protocol.md with one thing wrong: `bad_worker.py WORKER FAULT`, the latter a MUST or `sources`."""

import sys

# What a worker with sources says instead of the hello of one without.
HELLO = 'send(type="hello", version=2, functions=[], features=["ping", "accepted"])\n'
SOURCES = """
NAMES = [{"name": name, "source": "conform"} for name in FUNCTIONS]
SOURCES = [{"name": "conform", "state": "ready"}, {"name": "conform_broken", "state": "failed"}]
PROBE = os.environ.get("MOTORPOOL_ROLE") == "probe"
if PROBE:
    for source in SOURCES:
        send(type="loading", source=source["name"])
send(type="hello", version=2, functions=NAMES, sources=SOURCES, features=["ping", "accepted"])
if PROBE:
    send(type="leaving")
    os._exit(0)
"""

LAST = "    send(id=work.id, nanos=time.monotonic_ns() - begin, **report)\n"
PING = '    elif order["type"] == "ping":\n'

# What is written instead of what.
FAULTS = {
    # waits for the rest of a frame after the end of the orders
    "P1": ("                break\n", "                time.sleep(3600)\n"),
    # finishes what runs
    "P2": ("    if os.getpgrp() == os.getpid():\n", "    while held:\n        time.sleep(0.01)\n    if os.getpgrp() == os.getpid():\n"),
    # leaves its children alone
    "P3": ("os.killpg(0, signal.SIGKILL)", "pass"),
    # reads ahead only so far
    "P4": ("            count += 1\n", "            count += 1\n            while count > 5000 and held:\n                time.sleep(0.01)\n"),
    # functions write to the protocol
    "P5": ("os.write(1, text.encode())", "os.write(4, text.encode())"),
    # takes what a read returns for a frame
    "P6": ("frame := orders.read(length)", "frame := orders.read1(length) if length < 200 else orders.read(length)"),
    "P7": ("2 <= length <= FRAME_LIMIT", "2 <= length < FRAME_LIMIT"),
    # gathers values regardless of the limit
    "P8": ('"values": [value]', '"values": [value] if len(str(value)) < 10**7 else [value, value]'),
    # another encoding for the messages of exceptions
    "P9": (
        "json.dumps(message).encode()",
        'json.dumps(message).encode() if message["type"] != "error" else json.dumps(message, ensure_ascii=False).encode("latin-1", "replace")',
    ),
    "P10": ("levels=200", "levels=199"),
    "P11": ("json.loads(frame.decode())", """json.loads(frame.decode() if frame.startswith(b'{"type"') else "{}")"""),
    "P12": (
        '    for name, kind in MEMBERS[order["type"]].items():\n',
        '    if set(order) - {*MEMBERS[order["type"]], "type", "attempt", "star", "index"}:\n'
        '        raise ValueError("an unknown member")\n'
        '    for name, kind in MEMBERS[order["type"]].items():\n',
    ),
    "P13": ("            os._exit(76)\n", "            continue\n"),
    # a time with a fraction
    "P14": (LAST, LAST.replace(" - begin", ' - begin + (0.5 if "error" in report and index else 0)')),
    # numbers of 53 bits
    "P15": ('self.next = order["id"],', 'self.next = int(float(order["id"])),'),
    "P16": ("code = 0\n", "code = 1\n"),
    # cancels the call behind
    "P17": (
        PING,
        '    elif order["type"] == "cancel":\n        WRONG.add(order["id"] + 1)\n' + PING,
        "        value = value_of(",
        '        if work.id in WRONG:\n            raise RuntimeError("cancelled")\n        value = value_of(',
        "SLOTS = int",
        "WRONG = set()\nSLOTS = int",
    ),
    # forgets a cancelled item
    "P18": (
        PING,
        '    elif order["type"] == "cancel" and order["id"] in held and 0 < order.get("index", 0) < held[order["id"]].end:\n'
        '        held[order["id"]].next = order["index"] + 1\n' + PING,
    ),
    "P19": (PING, '    elif order["type"] == "cancel" and order.get("index"):\n        held[order["id"]]\n' + PING),
    "P20": ('    send(type="dropped"', '    for _ in range(1 if ids else 2):\n      send(type="dropped"'),
    # answers when the call has ended
    "P21": (
        "    given = {}\n",
        "    given = {}\n    while len(held) == 1 and not any(work.chunk for work in list(held.values())):\n        time.sleep(0.01)\n",
    ),
    "P22": ("if work and work.next < work.end:", "if work and work.chunk and work.next < work.end:"),
    "P23": (HELLO, 'send(type="pong")\n' + HELLO),
    "P24": (
        LAST,
        LAST + '    if work.chunk and report.get("message") == "boom":\n        send(type="hello", version=2, functions=[])\n',
    ),
    "P25": ("version=2", "version=1"),
    # counts calls only
    "P26": ("            count += 1\n", "            count += b'\"drop\"' not in frame\n"),
    "P27": ("SLOTS = int", 'os.environ.get("MOTORPOOL_ACCEPTED") and open(os.environ["MOTORPOOL_ACCEPTED"], "a")\nSLOTS = int'),
    "P28": ('        send(type="pong")\n', '        held or send(type="pong")\n'),
    # reports a second failure in a row twice
    "P29": (
        LAST,
        LAST + '    RAISED.append(report.get("error"))\n    if RAISED[-2:] == ["function-raised"] * 2:\n    ' + LAST,
        "SLOTS = int",
        "RAISED = []\nSLOTS = int",
    ),
    "P30": ("if index >= work.end:", "if index >= work.end - (work.end > 100):"),
    # reports an item with the next one
    "P31": (
        LAST,
        "    LATE.append(dict(id=work.id, nanos=1, **report))\n"
        "    if not work.chunk or index + 1 >= work.end:\n"
        "        while LATE:\n"
        "            send(**LATE.pop(0))\n",
        "SLOTS = int",
        "LATE = []\nSLOTS = int",
    ),
    "P32": ('"error": "function-raised"', '"error": "function-raised" if work.chunk else "value-not-json"'),
    "P33": (
        '"error": unfit.args[0]',
        '"error": "function-raised" if unfit.args[0] == "unknown-function" and not work.chunk else unfit.args[0]',
    ),
    "P34": ("allow_nan=False", "allow_nan=True"),
    "P35": ("length > VALUE_LIMIT", "length > VALUE_LIMIT + 1"),
    "P36": (HELLO, 'signal.signal(signal.SIGTERM, lambda *_: (send(type="leaving"), os._exit(143)))\n' + HELLO),
    "P37": ("code = exit.code", "code = 1"),
    "P38": ("    value = FUNCTIONS", "    KEPT.append(b'x' * 100_000)\n    value = FUNCTIONS", "SLOTS = int", "KEPT = []\nSLOTS = int"),
    # runs what it cannot queue beside the others
    "P39": ("        if SLOTS == 1:\n", "        if SLOTS == 1 and queued.qsize() < 60:\n"),
    # keeps results until it has nothing to do
    "P40": ("        reports.flush()\n", '        message["type"] == "result" and not queued.empty() or reports.flush()\n'),
    "P41": ("        if SLOTS == 1:\n", "        if True:\n"),
    "sources": (HELLO, SOURCES),
    "P42": (HELLO, SOURCES.replace("functions=NAMES", "functions=NAMES[1:]")),
    "P43": (HELLO, SOURCES.replace('"state": "failed"', '"state": "ready"')),
    "P44": (HELLO, SOURCES.replace("in SOURCES:", "in SOURCES[1:]:")),
    "P45": (HELLO, SOURCES.replace("os._exit(0)", "os._exit(3)")),
    "P46": (HELLO, SOURCES.replace("functions=NAMES", 'functions=NAMES + [{"name": "total", "source": "conform"}]')),
}


def main() -> None:
    path, fault = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    patch = FAULTS[fault]
    for old, new in zip(patch[::2], patch[1::2]):
        if text.count(old) != 1:
            sys.exit(f"the worker has not one but {text.count(old)} times {old!r}")
        text = text.replace(old, new)
    exec(compile(text, path, "exec"), {"__name__": "__main__"})


main()
