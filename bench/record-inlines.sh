#!/bin/bash
# record-inlines.sh DIR [ROOT]: records what bench/inlines.ts and bench/lines.ts look at, into DIR/{static,rust,go,python,large}; what is
# there already stays.
#   DIR    an absolute path, as seen inside ROOT; about 600 MB
#   ROOT   a directory to chroot into, with /proc, /sys and /dev mounted (default: /)
# Needs there: perf, python3.13 (PYTHON=... for another), gcc, g++, make, and for their cases rustc and go. Root, or perf_event_paranoid
# -1; node and the built benches here. The large program takes a compiler a quarter of an hour and 1 GB of memory.
# Beside each recording inline.txt: what perf prints of it.
set -eu
. "$(dirname "$0")/recording-place.sh"
cp /proc/kallsyms "$root$dir/kallsyms"

# recorded NAME "BUILD" "RECORD OPTIONS" "COMMAND"
recorded() {
  [ -f "$root$dir/$1/inline.txt" ] || inside "mkdir -p $dir/$1; cd $dir/$1
    $2
    perf record -q -e cpu-clock $3 -N -o perf.data $4
    perf script -F comm,tid,time,event,ip,sym,dso,srcline -i perf.data >inline.txt.part 2>/dev/null
    mv inline.txt.part inline.txt"
}

recorded static 'g++ -O2 -g -std=c++20 -static -fno-omit-frame-pointer -o program ../mixed.cpp' '-F 999 --call-graph dwarf' './program 2'
recorded rust 'rustc -C opt-level=3 -g -o program ../inlines.rs' '-F 999 --call-graph dwarf' './program 2'
recorded go 'HOME=$PWD GO111MODULE=off go build -o program ../inlines.go' '-F 999 -g' './program 2'
recorded python "gcc -O2 -g -fPIC -shared -fno-omit-frame-pointer -o library.so ../inlines.c" '-F 999 -k 1 --call-graph dwarf' "$python -X perf_jit ../inlines.py ./library.so 2"

if [ ! -x "$root$dir/large/large" ]; then
  node "$here/../dist/bench/large-program.js" "$root$dir/large" "${UNITS:-64}"
  inside "make -s -C $dir/large large"
fi
[ -f "$root$dir/large/perf.data" ] || inside "cd $dir/large; perf record -q -e cpu-clock:u -F 500 -g -N -o perf.data ./large 6"
