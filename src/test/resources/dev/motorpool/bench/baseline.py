"""CPython's side of the benchmark: the same work, done as people do it with multiprocessing and concurrent.futures.

Run as: baseline.py about | pool | executor | imap | map | busy | fib | spawn | gevent. Answers are lines of JSON on standard output.
"""

import collections
import concurrent.futures
import json
import multiprocessing
import platform
import resource
import runpy
import sys
import threading
import time

WORKERS = 2


def echo(value):
    return value


def say(answer):
    print(json.dumps(answer), flush=True)


def about():
    try:
        import gevent

        green = gevent.__version__
    except ImportError:
        green = None
    say({"executable": sys.executable, "version": platform.python_version(), "gevent": green})


def rate(call, threads, seconds):
    """How many calls a second so many threads get done, each waiting for one call after the other."""
    counts = [0] * threads
    begin = time.perf_counter()
    deadline = begin + seconds

    def work(number):
        done = 0
        while time.perf_counter() < deadline:
            call()
            done += 1
        counts[number] = done

    if threads == 1:
        work(0)
    else:
        callers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    return sum(counts) / (time.perf_counter() - begin)


def obey(call):
    """Each line of standard input is an order: number of threads, seconds."""
    for line in sys.stdin:
        threads, seconds = line.split()
        say({"per_second": rate(call, int(threads), float(seconds))})


def pool(value):
    with multiprocessing.Pool(WORKERS) as workers:
        obey(lambda: workers.apply(echo, (value,)))


def executor(value):
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as workers:
        obey(lambda: workers.submit(echo, value).result())


def imap(count, chunksize=1):
    """An order's call is one imap of so many integers, read to its end."""
    with multiprocessing.Pool(WORKERS) as workers:
        obey(lambda: collections.deque(workers.imap(echo, range(count), chunksize=chunksize), maxlen=0))


def whole_map(count):
    items = list(range(count))
    with multiprocessing.Pool(WORKERS) as workers:
        obey(lambda: workers.map(echo, items))


def busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def busy_map(count, seconds):
    items = [seconds] * count
    with multiprocessing.Pool(WORKERS) as workers:
        obey(lambda: workers.map(busy, items, chunksize=1))


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def fibs(workers, first, last):
    with concurrent.futures.ProcessPoolExecutor(workers) as executing:
        obey(lambda: list(executing.map(fib, range(first, last + 1))))


def reply(connection, module=None):
    if module is not None:
        runpy.run_path(module)
    connection.send(1)


def spawn(module=None):
    """Each line is an order to start that many fresh processes, one after another, in both of the usual ways.

    The process of the first way runs the file `module` before it replies.
    """
    context = multiprocessing.get_context("spawn")
    for line in sys.stdin:
        process_ms, pool_ms = [], []
        for _ in range(int(line)):
            begin = time.perf_counter()
            here, there = context.Pipe()
            process = context.Process(target=reply, args=(there, module))
            process.start()
            here.recv()
            process_ms.append((time.perf_counter() - begin) * 1000)
            process.join()
            begin = time.perf_counter()
            with context.Pool(1) as one:
                one.apply(echo, (1,))
                pool_ms.append((time.perf_counter() - begin) * 1000)
        say({"process_ms": process_ms, "pool_ms": pool_ms})


def green(count, seconds):
    import gevent

    begin = time.perf_counter()
    gevent.joinall([gevent.spawn(gevent.sleep, seconds) for _ in range(count)])
    took = time.perf_counter() - begin
    say({"seconds": took, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


if __name__ == "__main__":
    work = sys.argv[1]
    if work == "about":
        about()
    elif work == "pool":
        pool(sys.argv[2])
    elif work == "executor":
        executor(sys.argv[2])
    elif work == "imap":
        imap(*map(int, sys.argv[2:]))
    elif work == "map":
        whole_map(int(sys.argv[2]))
    elif work == "busy":
        busy_map(int(sys.argv[2]), float(sys.argv[3]))
    elif work == "fib":
        fibs(*map(int, sys.argv[2:5]))
    elif work == "spawn":
        spawn(*sys.argv[2:])
    elif work == "gevent":
        green(int(sys.argv[2]), float(sys.argv[3]))
