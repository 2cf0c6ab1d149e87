# Makes testdata/dwarf/half.so and half.txt: a library of which one file in three has debugging information, and what addr2line says of
# each of its symbols' addresses. Debian sid, x86-64: gcc 16, binutils. Run in an empty folder: `bash half.sh`.
set -e
for part in known plain; do
  cat > $part.c <<C
static __attribute__((noinline)) long ${part}_local(long x) { for (int i = 0; i < 9; i++) x ^= x << 3; return x; }
__attribute__((noinline)) long ${part}_global(long x) { return ${part}_local(x) + 1; }
C
done
cat > label.s <<S
.text
.global label_global
label_global: ret
label_local: nop
  ret
S
FLAGS="-O1 -fPIC -ffreestanding -fno-asynchronous-unwind-tables -fcf-protection=none"
gcc $FLAGS -g -c known.c && gcc $FLAGS -c plain.c && gcc -c label.s
gcc -shared -nostdlib -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 -o half.so known.o plain.o label.o
nm half.so | grep -i ' t ' | while read -r address _ name; do
  for at in 0 1; do
    printf '%x %s+%d %s\n' $((0x$address + at)) "$name" $at "$(addr2line -s -e half.so $(printf '%x' $((0x$address + at))) | sed 's/?$/0/; s/ (discriminator.*//')"
  done
done > half.txt
