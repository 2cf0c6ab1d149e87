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
