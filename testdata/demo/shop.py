"""A small shop's day, so that Python and C call each other in many ways: JSON, regular expressions, sorting, SQLite.

Where C calls back into Python (a sort key, an object hook, an SQL function), a profile needs both kinds of frames in one
stack to make sense. Takes the number of rounds as its argument.
"""

import json
import random
import re
import sqlite3
import sys

WORD = re.compile(r"(?P<item>[a-z]+)-(?P<size>S|M|L)\s*x\s*(?P<count>\d+)(?:\s+for\s+(?P<who>[A-Z]\w*))?")
ITEMS = ["apron", "bucket", "candle", "drum", "eraser", "funnel", "goblet", "hammer"]
NAMES = ["Ada", "Barbara", "Chen", "Dorothy", "Edsger", "Frances", "Grace"]


class Order:
    def __init__(self, item, size, count, who):
        self.item = item
        self.size = size
        self.count = count
        self.who = who


def write_lines(count, rng):
    lines = []
    for _ in range(count):
        size = rng.choice("SML")
        lines.append(f"{rng.choice(ITEMS)}-{size} x {rng.randrange(1, 40)} for {rng.choice(NAMES)}")
    return lines


def parse_orders(lines):
    orders = []
    for line in lines:
        match = WORD.search(line)
        if match is not None:
            orders.append(Order(match["item"], match["size"], int(match["count"]), match["who"]))
    return orders


def as_dict(order):
    return {"item": order.item, "size": order.size, "count": order.count, "who": order.who}


def from_dict(fields):
    return Order(**fields)


def through_json(orders):
    text = json.dumps(orders, default=as_dict)
    return json.loads(text, object_hook=from_dict)


def by_buyer(order):
    return (order.who, "SML".index(order.size), -order.count)


def ranked(orders):
    return sorted(orders, key=by_buyer)


def price(item, size):
    base = sum(map(ord, item)) / 100
    return base * {"S": 1.0, "M": 1.4, "L": 1.9}[size]


def bill(orders):
    with sqlite3.connect(":memory:") as shop:
        shop.create_function("price", 2, price, deterministic=True)
        shop.execute("create table orders (item text, size text, count integer, who text)")
        shop.executemany("insert into orders values (:item, :size, :count, :who)", map(as_dict, orders))
        return shop.execute(
            "select who, sum(count * price(item, size)) as total from orders group by who order by total desc"
        ).fetchall()


def day(rng):
    orders = parse_orders(write_lines(700, rng))
    return bill(ranked(through_json(orders)))


def main():
    rng = random.Random(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for _ in range(rounds):
        totals = day(rng)
    print(f"{totals[0][0]} bought most: {totals[0][1]:.2f}")


if __name__ == "__main__":
    main()
