#!/bin/bash
# make.sh ROOT DEBUG: records the demo again, into this folder. Linux, as root.
#   ROOT   a directory to chroot into, with perf, python3.13 and libc6-dbg installed and /proc, /sys and /dev mounted; / will do
#   DEBUG  where python3.13-dbg is unpacked (dpkg -x): its /usr/lib/debug is the names of CPython's static functions
# Needs the project built into dist/ for bench/slim-elf.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
slim=${SLIM:-$here/../../dist/bench/slim-elf.js}
root=${1%/}; debug=${2%/}

rm -rf "$root/demo-run"; mkdir "$root/demo-run"; cp "$here/shop.py" "$root/demo-run/"
chroot "$root" sh -c '
  cd /demo-run
  perf record -e cpu-clock -F 499 -k 1 --call-graph dwarf,16384 -z -o perf.data python3.13 -X perf_jit shop.py 70
  cp /tmp/jit-$(perf script -i perf.data -F pid 2>/dev/null | head -1 | tr -d " ").dump .
  perf script -i perf.data -F ip,sym,dso 2>/dev/null >frames.txt
  cp /proc/kallsyms kallsyms.txt'

rm -rf "$here"/symfs "$here"/jit-*.dump
cp "$root"/demo-run/perf.data "$root"/demo-run/jit-*.dump "$here"
chmod 644 "$here/perf.data"

# Every ELF file that a frame lies in, cut down, at its recorded path; debug files by build id.
grep -o '(/[^)]*)$' "$root/demo-run/frames.txt" | tr -d '()' | sort -u | while read -r path; do
  [ -f "$root$path" ] || continue
  case $path in /tmp/*) continue ;; esac
  node "$slim" "$root$path" "$here/symfs$path"
  id=$(readelf -n "$root$path" 2>/dev/null | sed -n 's/.*Build ID: //p')
  file=/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug
  for from in "$debug$file" "$root$file"; do
    if [ -f "$from" ]; then node "$slim" "$from" "$here/symfs$file"; break; fi
  done
done

# Of the kernel's symbols those that a frame lies in, and each one's successor, which says where it ends.
awk 'NR == FNR { if ($1 ~ /^ffff/) hit[$1]; next } $2 ~ /^[TtWw]$/ && NF == 3 { print $1, $2, $3 }' \
  "$root/demo-run/frames.txt" "$root/demo-run/kallsyms.txt" | sort >"$root/demo-run/text.txt"
awk '$1 ~ /^ffff/ { print $1, "?" }' "$root/demo-run/frames.txt" | sort -u | sort - "$root/demo-run/text.txt" | awk '
  $2 == "?" { want = 1; if (line != "") keep(line); next }
  { if (want && $1 != at) { keep($0); want = 0 } line = $0; at = $1 }
  $3 == "_text" || $3 == "_stext" { keep($0) }
  function keep(l) { if (!(l in seen)) { seen[l]; print l } }' | sort -u >"$here/symfs/kallsyms"
rm -rf "$root/demo-run"

# The archive, of the whole files; debug files that ROOT lacks are added.
perfts=$here/../../bin/perfts.js
node "$perfts" archive "$here/perf.data" --symfs "$root" --kallsyms "$here/symfs/kallsyms" -o "$here/demo.perfts"
add=()
for file in $(node "$perfts" archive --list "$here/demo.perfts" | grep -o '[0-9a-f]\{40\} (' | tr -d ' (' | sort -u | sed 's|^..|&/|'); do
  file=/usr/lib/debug/.build-id/$file.debug
  if [ -f "$debug$file" ] && ! [ -f "$root$file" ]; then add+=(--add "$debug$file"); fi
done
if [ ${#add[@]} -gt 0 ]; then node "$perfts" archive "${add[@]}" "$here/demo.perfts"; fi
du -sh "$here"; find "$here" -type f -printf '%s %P\n' | sort -n
