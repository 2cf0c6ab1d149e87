"""Looks numbers up in a list."""


def make_numbers(size):
    return list(range(size))


def run_dummy(numbers, wanted):
    found = 0
    for number in wanted:
        if number in numbers:
            found += 1
    return found


def main():
    numbers = make_numbers(200_000)
    print(run_dummy(numbers, range(0, 400_000, 400)), "found")


main()
