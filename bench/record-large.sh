#!/bin/bash
# record-large.sh DIR [ROOT]: records what bench/compare-large.ts measures, into DIR/{large_dwarf,large_fp}; what is there already
# stays. DIR and ROOT as in record.sh; about 6 GB.
#   large_dwarf   stack dumps of 32 KiB: few records, much in each. A Python and a C++ program at once.
#   large_fp      frame pointers, a sample every 10 us: millions of records of some 150 bytes. Two C++ programs at once.
# Each as a file, compressed (-z), as a pipe, as a compressed pipe, and as a directory (--threads): recordings of their own, alike but not equal.
set -eu
. "$(dirname "$0")/recording-place.sh"
# The kernel lowers the rate where samples take more than this share of the time.
echo 0 >/proc/sys/kernel/perf_cpu_time_max_percent 2>/dev/null || true
[ -x "$root$dir/mixed" ] || inside "g++ -O2 -g -std=c++20 -fno-omit-frame-pointer -o $dir/mixed $dir/mixed.cpp"

# record NAME EVENT SECONDS PROGRAM PROGRAM
record() {
  local what="sh -c '$4 $3 & $5 $3; wait'" options="-q -N -e cpu-clock -m 4M $2"
  mkdir -p "$root$dir/$1"
  record_as "$1" file.data "perf record $options -o file.data $what"
  record_as "$1" zstd.data "perf record $options -z -o zstd.data $what"
  record_as "$1" pipe.data "perf record $options -o - $what 3>&1 | cat >pipe.data"
  record_as "$1" zstd-pipe.data "perf record $options -z -o - $what | cat >zstd-pipe.data"
  record_as "$1" directory.data "perf record $options --threads=cpu -o directory.data $what"
}

record_as() {
  [ -e "$root$dir/$1/$2" ] || inside "cd $dir/$1; $3"
  echo "$1/$2: $(du -sm "$root$dir/$1/$2" | cut -f1) MiB"
}

record large_dwarf "-F 4999 --call-graph dwarf,32768" 6 ../mixed "$python ../mixed.py"
record large_fp "-c 10000 -g" 85 ../mixed ../mixed
cp /proc/kallsyms "$root$dir/kallsyms"
