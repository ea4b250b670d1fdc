"""Starts what the environment asks for: a worker, a probe, or a template of workers."""

from __future__ import annotations

import faulthandler
import gc
import signal
import sys
from typing import Any

from motorpool.functions.sources import LoadedSource, load_all
from motorpool.worker import messages
from motorpool.worker.acceptance import Acceptance
from motorpool.worker.caller import Caller
from motorpool.worker.channel import Channel, hold_places
from motorpool.worker.descriptors import DescriptorCapture
from motorpool.worker.exits import ProcessExit
from motorpool.worker.frames import FrameReader
from motorpool.worker.output import OutputRoute
from motorpool.worker.processes import FORK, fork_feature
from motorpool.worker.reports import Reports
from motorpool.worker.runs import SharedParts
from motorpool.worker.settings import PROTOCOL, Settings
from motorpool.worker.ticker import Ticker

_FEATURES = ["accepted", "ping", "context"]


def start() -> None:
    """Returns never."""
    try:
        settings = Settings.of_environment()
    except ValueError as fault:
        ProcessExit().broken(fault)
    signal.signal(signal.SIGINT, _ignored)
    channel = Channel.open()
    FORK.guard(channel)
    process_exit = ProcessExit()
    reports = Reports(channel.reports, process_exit.at_once)
    route = OutputRoute()
    route.install()
    if settings.role == "template":
        hold_places()
    loaded = load(settings, reports)
    hello = hello_of(loaded, _FEATURES)
    if settings.role == "probe":
        _warn(loaded)
        reports.write_through(hello_of(loaded, [*_FEATURES, *fork_feature()]))
        process_exit.announce(reports, route)
        process_exit.in_order()
    if settings.role == "template":
        from motorpool.worker.template import Template

        settings = Template(settings, loaded, channel, reports, process_exit).run()
        channel = Channel.open()
        FORK.guard(channel)
        reports = Reports(channel.reports, process_exit.at_once)
        hello = hello_of([], _FEATURES)
    work(settings, channel, loaded, hello, reports, route)


def _ignored(number: int, frame: Any) -> None:
    """Ctrl-C is for the service. A handler, as children would inherit that the signal is ignored."""


def load(settings: Settings, reports: Reports) -> list[LoadedSource]:
    if settings.folder is None:
        return []
    settings.folder.install()

    def before(name: str) -> None:
        if settings.role == "probe":
            reports.write_through(messages.report(type="loading", source=name))

    loaded = load_all(settings.folder, settings.sources, before)
    if any(function.asynchronous for source in loaded for function in source.functions):
        import asyncio  # noqa: F401  which takes longer than the calls that need it
    return loaded


def hello_of(loaded: list[LoadedSource], features: list[str]) -> bytes:
    functions = [function.description for source in loaded for function in source.functions]
    sources = [source.describe() for source in loaded]
    return messages.report(type="hello", version=PROTOCOL, functions=functions, sources=sources, features=features)


def _warn(loaded: list[LoadedSource]) -> None:
    for source in loaded:
        missing = [
            f"{function.name} ({'; '.join(function.missing)})" for function in source.functions if function.missing
        ]
        if missing:
            print(
                f"motorpool: {source.source.file}: without a schema, so any JSON is taken: {', '.join(missing)}",
                file=sys.stderr,
            )


def work(
    settings: Settings, channel: Channel, loaded: list[LoadedSource], hello: bytes, reports: Reports, route: OutputRoute
) -> None:
    """Runs calls until the process ends."""
    capture = DescriptorCapture()
    process_exit = ProcessExit(capture.standard_error)
    faulthandler.enable(capture.standard_error, all_threads=False)
    caller = Caller((function for source in loaded for function in source.functions), settings.value_limit)
    frames = FrameReader(channel.orders, settings.frame_limit)
    acceptance = Acceptance(reports, settings.accepted)
    ticker = Ticker()
    ticker.start()
    shared = SharedParts(reports, ticker)
    gc.collect()
    gc.freeze()
    if settings.one_slot:
        from motorpool.worker.one_slot import OneSlot

        sys.setswitchinterval(0.001)
        slot = OneSlot(frames, acceptance, shared, caller, route, capture, process_exit, settings.kind == "process")
        process_exit.announce(reports, route, slot.announce_exit)
        reports.write_through(hello)
        slot.work()
    elif settings.kind == "coroutine":
        from motorpool.worker.coroutines import Coroutines

        coroutines = Coroutines(frames, acceptance, shared, caller, route, process_exit, settings.slots)
        process_exit.announce(reports, route, coroutines.announce_exit)
        reports.write_through(hello)
        coroutines.work()
    else:
        from motorpool.worker.many_slots import ManySlots

        threads = ManySlots(frames, acceptance, shared, caller, route, process_exit)
        process_exit.announce(reports, route, threads.announce_exit)
        reports.write_through(hello)
        threads.work()
