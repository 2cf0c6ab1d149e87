# Makes testdata/dwarf/every-{x86-64,arm64}.{so,txt}. Debian sid: gcc 16, clang 21, lld 21, binutils 2.47. Run in an empty folder:
# `bash every.sh FOLDER_OF_THE_SOURCES`.
set -e
gcc -c -o x.o $1/every-x86-64.s
ld -shared --eh-frame-hdr -z noseparate-code -z max-page-size=4096 --build-id=none -o every-x86-64.so x.o
clang --target=aarch64-linux-gnu -march=armv9.2-a -c -o a.o $1/every-arm64.s
ld.lld -shared --eh-frame-hdr -z noseparate-code --build-id=none -o every-arm64.so a.o
for machine in x86-64 arm64; do
  strip -s --keep-section=.debug_frame every-$machine.so 2>/dev/null || llvm-strip --strip-all --keep-section=.debug_frame every-$machine.so
  readelf --wide --debug-dump=frames-interp every-$machine.so > every-$machine.txt
done
