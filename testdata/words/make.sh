#!/bin/sh
# Made with perf 7.2.13 and gcc on Debian sid, in /tmp/words.
set -e
gcc -O1 -g -fno-omit-frame-pointer -fno-stack-protector -fcf-protection=none -static -nostdlib -o prog prog.c
perf record -q -e cpu-clock:u,page-faults:u -F 997 --sample-cpu -g -o before.data ./prog 20 15
perf record -q -e cpu-clock:u,page-faults:u -F 997 --sample-cpu -g -o after.data ./prog 35 10
