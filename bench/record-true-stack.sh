#!/bin/bash
# record-true-stack.sh DIR [ROOT]: records programs/true-stack.c, built in several ways, for bench/true-stack.ts, into DIR/true-stack.
# DIR and ROOT as in recording-place.sh; about 100 MB for each way. Needs there: perf, gcc, clang. What is there already stays.
set -eu
. "$(dirname "$0")/recording-place.sh"

# One build and recording: NAME COMPILER OPTIONS…
way() {
  local name=$1; shift
  [ -f "$root$dir/true-stack/$name/perf.data" ] && return
  inside "mkdir -p $dir/true-stack/$name; cd $dir/true-stack/$name
    $* -fomit-frame-pointer -fno-builtin-ffs -fno-builtin-labs -pthread -o true-stack $dir/true-stack.c
    env -i perf --buildid-dir $dir/true-stack/.debug record -q -e cpu-clock -F 3999 --call-graph dwarf,12288 -o perf.data ./true-stack 1.2 >/dev/null"
}
way gcc-O2 gcc -O2
way gcc-O3-avx2 gcc -O3 -march=x86-64-v3
way gcc-Os-lazy gcc -Os -Wl,-z,lazy -fcf-protection=full
way clang-O2 clang -O2
way clang-O3-avx2 clang -O3 -march=x86-64-v3
# .debug_frame alone, and compressed.
way gcc-debug-frame gcc -O2 -g -gz=zlib -fno-asynchronous-unwind-tables -fno-unwind-tables
way clang-debug-frame clang -O2 -g -gz=zstd -fno-asynchronous-unwind-tables
# Static: signal trampoline, start and libc are in the program.
way gcc-static gcc -O2 -static
# lld describes no linkage table.
way clang-lld clang -O2 -fuse-ld=lld -fcf-protection=full
