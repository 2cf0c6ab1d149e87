# Makes the files of testdata/elf. Debian sid, x86-64: gcc, binutils 2.45, llvm 21, xz-utils. Run in an empty folder that holds
# the sources; afterwards `python3 readelf.py *.elf *.so *.debug *.o > readelf.json`.
set -e
SMALL="-O1 -nostdlib -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 -Wl,--build-id=sha1 -fno-asynchronous-unwind-tables -fcf-protection=none"
gcc $SMALL -shared aliases.s -o aliases.so
gcc $SMALL -shared -fPIC lib.c -o liblib.so
gcc $SMALL plt.c -o plt-lazy.elf -L. -llib -Wl,-z,lazy
gcc $SMALL plt.c -o plt-sec.elf -L. -llib -Wl,-z,lazy -fcf-protection=branch -Wl,-z,ibtplt
gcc $SMALL plt.c -o plt-now.elf -L. -llib -Wl,-z,now
gcc $SMALL -static -no-pie ifunc.c -o ifunc-static.elf
gcc -g -O1 -fPIC -shared $SMALL dbg.c -o full.so
objcopy --only-keep-debug full.so stripped.debug
cp full.so stripped.so; strip stripped.so; objcopy --add-gnu-debuglink=stripped.debug stripped.so
printf 'left\nright\n' > keep
objcopy -S --remove-section .comment --keep-symbols=keep stripped.debug mini; xz -f mini
cp full.so mini.so; strip mini.so; objcopy --add-section .gnu_debugdata=mini.xz mini.so
yaml2obj -DBITS=64 -DORDER=LSB -DMACHINE=EM_X86_64 kinds.yaml -o le64.elf
yaml2obj -DBITS=64 -DORDER=MSB -DMACHINE=EM_S390 kinds.yaml -o be64.elf
yaml2obj -DBITS=32 -DORDER=LSB -DMACHINE=EM_ARM kinds.yaml -o le32.elf
yaml2obj -DBITS=32 -DORDER=MSB -DMACHINE=EM_PPC kinds.yaml -o be32.elf
sed -e 's/ET_DYN/ET_EXEC/; s/0x110/0xffffffff810000/; s/0x130/0xffffffff812000/' kinds.yaml > kernel.yaml
yaml2obj -DBITS=64 -DORDER=LSB -DMACHINE=EM_X86_64 kernel.yaml -o kernel.elf
clang -c --target=x86_64-linux-gnu compressed.s -o compressed-none.o
for z in zlib zlib-gnu zstd; do objcopy --compress-debug-sections=$z compressed-none.o compressed-$z.o; done
clang -c --target=powerpc-linux-gnu compressed.s -o be32-none.o
llvm-objcopy --compress-debug-sections=zlib be32-none.o compressed-be32-zlib.o
llvm-objcopy --compress-debug-sections=zstd be32-none.o compressed-be32-zstd.o
# Procedure linkage tables of other linkers and machines: lld 21, mold 3.0, aarch64-linux-gnu-ld 2.46. The names expected of them are objdump's.
TABLES="-O1 -nostdlib -shared -fPIC -fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,noseparate-code"
echo 'int one(int n) { return n; } int two(int n) { return n; } int three(int n) { return n; } void _start(void) {}' > called.c
BTI="--target=aarch64-linux-gnu -mbranch-protection=standard -fuse-ld=/usr/bin/aarch64-linux-gnu-ld -Wl,-z,force-bti -Wl,-z,lazy"
clang $TABLES $BTI called.c -o libcalled.so
clang ${TABLES/-shared/-pie} $BTI tables.c -L. -lcalled -Wl,-e,work -s -o plt-bti.elf
clang $TABLES --target=aarch64-linux-gnu -fuse-ld=lld -Wl,-z,pac-plt tables.c -s -o plt-pac.so
gcc $TABLES -fuse-ld=mold tables.c -s -o plt-mold.so
clang $TABLES --target=i386-linux-gnu -m32 -fuse-ld=mold tables.c -s -o plt-mold-i386.so
clang $TABLES --target=i386-linux-gnu -m32 -fuse-ld=bfd tables.c -s -o plt-i386.so
gcc $TABLES -fuse-ld=lld -Wl,-z,retpolineplt,-z,lazy tables.c -s -o plt-retpoline.so
gcc $TABLES -fuse-ld=mold tables.c -o plt-mold-names.so
gcc $SMALL -fuse-ld=lld -static -no-pie ifunc.c -o iplt-static.elf
gcc $SMALL -fuse-ld=lld -static -no-pie -Wl,-T,segments.ld segments.c -o segments.elf
