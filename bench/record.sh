#!/bin/bash
# record.sh DIR [ROOT]: records what bench/compare.ts measures, into DIR/{py_small,py_jit,cpp_fp,cpp_dwarf}; what is there already stays.
#   DIR    an absolute path, as seen inside ROOT; about 600 MB
#   ROOT   a directory to chroot into, with /proc, /sys and /dev mounted (default: /)
# Needs there: perf, python3.13 (PYTHON=... for another), g++. Root, or perf_event_paranoid -1. On an idle machine that is 20 000
# samples with stack dumps or more, and 300 000 with frame pointers.
set -eu
. "$(dirname "$0")/recording-place.sh"

# cpu-clock: also where there is no PMU. -k 1: the clock that CPython writes into its jitdump.
[ -f "$root$dir/py_jit/perf.data" ] || inside "mkdir -p $dir/py_jit; cd $dir/py_jit
  perf record -q -e cpu-clock -F 1999 -k 1 --call-graph dwarf -N -o perf.data $python -X perf_jit ../mixed.py 12
  perf inject --jit -i perf.data -o injected.data
  mv \$(ls -t /tmp/jit-*.dump | head -1) ."

# A second of testdata/demo.
cp "$here/../testdata/demo/shop.py" "$root$dir/"
[ -f "$root$dir/py_small/perf.data" ] || inside "mkdir -p $dir/py_small; cd $dir/py_small
  perf record -q -e cpu-clock -F 499 -k 1 --call-graph dwarf,16384 -N -o perf.data $python -X perf_jit ../shop.py 250
  perf inject --jit -i perf.data -o injected.data
  mv \$(ls -t /tmp/jit-*.dump | head -1) ."

[ -x "$root$dir/mixed" ] || inside "g++ -O2 -g -std=c++20 -fno-omit-frame-pointer -o $dir/mixed $dir/mixed.cpp"
[ -f "$root$dir/cpp_fp/perf.data" ] || inside "mkdir -p $dir/cpp_fp; cd $dir/cpp_fp
  perf record -q -e cpu-clock -F 20000 -g -N -o perf.data ../mixed 20"
[ -f "$root$dir/cpp_dwarf/perf.data" ] || inside "mkdir -p $dir/cpp_dwarf; cd $dir/cpp_dwarf
  perf record -q -e cpu-clock -F 1999 --call-graph dwarf -N -o perf.data ../mixed 12"

cp /proc/kallsyms "$root$dir/kallsyms"
for f in py_small py_jit cpp_fp cpp_dwarf; do
  echo "$f: $(inside "perf report -i $dir/$f/perf.data --stats 2>/dev/null" | awk '/ SAMPLE events:/ { print $3; exit }') samples, $(du -h "$root$dir/$f/perf.data" | cut -f1)"
done
