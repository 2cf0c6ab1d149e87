"""A service: workers take orders from a queue, check them and write receipts."""
import json
import queue
import re
import threading
import time

ORDER = re.compile(r"(\w+) x(\d+) @(\d+\.\d\d)")
orders = queue.Queue(maxsize=100)


def customers():
    number = 0
    while True:
        lines = [f"item{i % 97} x{i % 7 + 1} @{i % 50}.99" for i in range(number, number + 200)]
        orders.put({"number": number, "lines": lines})
        number += 1
        time.sleep(0.004)


def parse(line):
    name, count, price = ORDER.fullmatch(line).groups()
    return {"name": name, "count": int(count), "price": float(price)}


def total(items):
    return sum(item["count"] * item["price"] for item in items)


def handle(order):
    items = [parse(line) for line in order["lines"]]
    items.sort(key=lambda item: item["price"])
    return json.dumps({"number": order["number"], "total": total(items), "items": items})


def worker():
    while True:
        handle(orders.get())


threading.Thread(target=customers, daemon=True).start()
for _ in range(2):
    threading.Thread(target=worker, daemon=True).start()
time.sleep(60)
