"""The calls of CPython's howto on perf: baz calls bar, bar calls foo, and foo is where the time goes."""


def foo(n):
    result = 0
    for _ in range(n):
        result += 1
    return result


def bar(n):
    foo(n)


def baz(n):
    bar(n)


baz(20_000_000)
