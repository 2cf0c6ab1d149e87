"""Looks numbers up in a set."""


def make_numbers(size):
    return set(range(size))


def run_dummy(numbers, wanted):
    found = 0
    for number in wanted:
        if number in numbers:
            found += 1
    return found


def main():
    numbers = make_numbers(200_000)
    print(run_dummy(numbers, range(0, 40_000_000, 4)), "found")


main()
