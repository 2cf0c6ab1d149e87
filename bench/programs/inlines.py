"""Calls a library with inlined functions, which calls back. Arguments: the library, seconds."""
import ctypes
import sys
import time

library = ctypes.CDLL(sys.argv[1])
callback = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong)
library.churn.restype = library.ask.restype = ctypes.c_ulong


@callback
def back(x):
    return sum(i * x for i in range(20)) & 0xFFFF


def main(seconds):
    end = time.monotonic() + seconds
    total = 0
    while time.monotonic() < end:
        total += library.churn(ctypes.c_ulong(total), 20000)
        total += library.ask(back, ctypes.c_ulong(total), 60)
    print(total)


main(float(sys.argv[2]))
