"""Python and C in stacks some thirty frames deep, for as many seconds as the argument says: what bench/record.sh records."""

import json
import re
import sys
import time

TREE = {"name": "root", "children": [{"name": f"n{i}", "children": [{"name": f"n{i}.{j}"} for j in range(6)]} for i in range(8)]}
TEXT = " ".join(f"<{i % 13}:item{i}>" for i in range(300))


def walk(node, depth, visit):
    found = visit(node, depth)
    for child in node.get("children", ()):
        found += walk(child, depth + 1, visit)
    return found


def descend(depth, work):
    if depth == 0:
        return work()
    return descend(depth - 1, work)


def copy_tree():
    return walk(json.loads(json.dumps(TREE)), 0, lambda node, depth: len(node["name"]) * depth)


def find_items():
    return sum(len(match.group(2)) for match in re.finditer(r"<(\d+):(\w+)>", TEXT))


def sort_items():
    return sorted(range(1500), key=lambda number: (number * 7919) % 1009)[0]


def squares():
    return sum(number * number for number in range(800))


def main(seconds):
    end = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < end:
        for depth, work in ((9, copy_tree), (13, find_items), (14, sort_items), (13, squares)):
            descend(depth, work)
        rounds += 1
    print(rounds, "rounds")


main(float(sys.argv[1]))
