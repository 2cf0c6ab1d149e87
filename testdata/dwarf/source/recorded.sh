# Makes testdata/report/recorded-inlines.{elf,data,txt.gz}: Debian sid, x86-64, gcc 16 and perf 7.2, in a folder /opt/inl that holds the sources.
set -e
FLAGS="-O2 -g -ffreestanding -fno-pic -fno-exceptions -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fcf-protection=none -mno-sse3"
cd /opt/inl
gcc $FLAGS -c leaf.c
g++ $FLAGS -std=c++20 -c calls.cpp
g++ $FLAGS -c start.cpp
# At 0x400000: of code below 0x10000 perf 7.2 asks binutils instead of libdw, which names functions otherwise.
g++ -static -nostdlib -no-pie -Wl,-z,noseparate-code -Wl,--build-id=sha1 start.o calls.o leaf.o -o inlines
perf record -q -N -e cpu-clock:u -F 1499 -g -o perf.data ./inlines
mkdir -p symfs/opt/inl && cp inlines symfs/opt/inl/
FILES="--symfs /opt/inl/symfs -i perf.data"
# With --children, -g and inlined calls perf 7.2 loses symbols of the first samples: rows only.
for options in "--no-children -g -n" "--no-children -g callee" "-g none -n" "--no-children -g none -s sym,srcline" "--no-children -g none -s dso,sym,srcfile" \
  "--no-children -g none -s srcfile" "--no-children -g none -F overhead,sample,sym,srcline" "--no-children -g folded" "--no-children -g fractal"; do
  echo "==> $options"
  perf report --stdio $FILES $options 2>/dev/null | sed 's/^# (Tip: .*)$/# (Tip)/; s/^# (Cannot load tips.*)$/# (Tip)/'
done > text
for options in "" " -F ip,sym,dso,srcline"; do
  echo "==> script$options"
  perf script $FILES $options
done >> text
gzip -9n < text > recorded-inlines.txt.gz
