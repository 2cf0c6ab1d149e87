# Makes testdata/dwarf/lines: Debian sid, x86-64: gcc 16, clang, lld, llvm and binutils, dwz, cross compilers for arm64 and s390x. Run in
# an empty folder that holds the sources: `bash lines.sh`. What is made is named by compiler, version of DWARF, and what is special about it.
set -e
rm -rf lines && mkdir lines
FLAGS="-O2 -ffreestanding -fPIC -fno-exceptions -fno-asynchronous-unwind-tables -fcf-protection=none"
LINK="-shared -nostdlib -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096"

# make NAME CC CXX "FLAGS" "LINKER FLAGS"
make() {
  mkdir -p o/$1 && cd o/$1 && cp ../../*.cpp ../../*.c ../../*.h ../../*.map .
  $2 $FLAGS $4 -c leaf.c && $3 $FLAGS -std=c++20 $4 -c calls.cpp
  $3 $LINK $4 $5 calls.o leaf.o -o ../../lines/$1.so
  cd ../..
}
said() { (cd lines && python3 ../symbolize.py $1.so > $1.txt); }

for v in 2 3 4 5; do make gcc$v gcc g++ "-g -gdwarf-$v"; said gcc$v; done
make gcc5-64 gcc g++ "-g -gdwarf64"; said gcc5-64
make gcc4-types gcc g++ "-gdwarf-4 -fdebug-types-section"; said gcc4-types
make gcc5-types gcc g++ "-gdwarf-5 -fdebug-types-section"; said gcc5-types
make gcc5-lto gcc g++ "-g -flto" "-O2"; said gcc5-lto
make gcc5-sections gcc g++ "-g -ffunction-sections" "-Wl,--gc-sections -Wl,-u,shuffle -Wl,--version-script=keep.map"; said gcc5-sections
for v in 4 5; do make clang$v clang clang++ "-g -gdwarf-$v"; said clang$v; done
make clang5-sections clang clang++ "-g -ffunction-sections" "-fuse-ld=lld -Wl,--gc-sections -Wl,--version-script=keep.map"; said clang5-sections
make clang5-lines clang clang++ "-gline-tables-only"; said clang5-lines
for z in zlib zstd; do make gcc5-$z gcc g++ "-g -gz=$z"; said gcc5-$z; done
objcopy --compress-debug-sections=zlib-gnu lines/gcc4.so lines/gcc4-zdebug.so && cp lines/gcc4.txt lines/gcc4-zdebug.txt

# Split: each in a folder of its own, since the files that belong to it are found by name.
split() { # NAME CC CXX FLAGS
  mkdir -p lines/$1 o/$1 && cp *.cpp *.c *.h o/$1 && cd o/$1
  $2 $FLAGS $4 -gsplit-dwarf -c leaf.c && $3 $FLAGS -std=c++20 $4 -gsplit-dwarf -c calls.cpp
  $3 $LINK calls.o leaf.o -o $1.so
  python3 ../../symbolize.py $1.so > ../../lines/$1/$1.txt
  cp $1.so calls.dwo leaf.dwo ../../lines/$1/
  cd ../..
}
split gcc5-split gcc g++ -gdwarf-5
split gcc4-split gcc g++ -gdwarf-4
split clang5-split clang clang++ -gdwarf-5
for n in clang5 gcc4; do
  mkdir -p lines/$n-package
  (cd o/$n-split && llvm-dwp -e $n-split.so -o ../../lines/$n-package/$n-package.so.dwp)
  cp lines/$n-split/$n-split.so lines/$n-package/$n-package.so
  cp lines/$n-split/$n-split.txt lines/$n-package/$n-package.txt
done

# Shared by dwz.
mkdir -p lines/dwz
for n in 1 2; do g++ $FLAGS -g -std=c++20 -DN=$n -c calls.cpp -o o/c$n.o && gcc $FLAGS -g -c leaf.c -o o/l$n.o && g++ $LINK -Wl,-soname,dwz$n o/c$n.o o/l$n.o -o lines/dwz/dwz$n.so; done
(cd lines/dwz && python3 ../../symbolize.py dwz1.so > dwz1.txt && dwz -m dwz.common -M dwz.common dwz1.so dwz2.so && rm dwz2.so)

# Other machines: only what their compilers say, symbolized here.
FLAGS=${FLAGS/-fcf-protection=none/} make a64-gcc5 aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ -g; said a64-gcc5
make s390-clang5 "clang --target=s390x-linux-gnu" "clang++ --target=s390x-linux-gnu" "-g" "-fuse-ld=lld"; said s390-clang5
make i386-clang4 "clang --target=i386-linux-gnu" "clang++ --target=i386-linux-gnu" "-gdwarf-4" "-fuse-ld=lld"; said i386-clang4
ls -la lines
