#!/bin/bash
# cfi-files.sh DIR ROOT > LIST: fetches the files of other machines that bench/cfi-rows.ts looks at, and prints the list for its --list.
#   DIR    an absolute path, as seen inside ROOT; about 2 GB
#   ROOT   a Debian sid with apt, Go, clang, binutils; the packages of its own machine are looked at where they are installed
# Packages are only unpacked: apt there keeps its lists and its architecture. After bench/record-true-stack.sh its programs are listed too.
set -eu
dir=$1; root=${2%/}; data=${3:-/tmp/perfts-bench}
mkdir -p "$root$dir/lists/partial" "$root$dir/debs" "$root$dir/go"
cp "$(dirname "$0")/programs/inlines.go" "$root$dir/go/main.go"
cat > "$root$dir/apt.conf" <<CONF
APT::Architectures { "amd64"; "arm64"; "i386"; "armhf"; "riscv64"; "s390x"; };
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Dir::State::Lists "$dir/lists";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CONF
chroot "$root" bash -eu >&2 <<INSIDE
export APT_CONFIG=$dir/apt.conf HOME=$dir
cd $dir/debs
apt-get -q update
for package in {libc6,libstdc++6,libgcc-s1,libssl3t64,libpython3.13,libpython3.14,fzf,ripgrep,libffi8,libgmp10,libgcrypt20,musl,libnode127,libnettle8t64,libllvm21,chromium}:arm64 \
  {fzf,ripgrep,libnode127,lld-21,chromium}:amd64 {libc6,libstdc++6,libssl3t64}:{i386,riscv64,s390x} libc6-dbg:armhf; do
  ls \${package%:*}_*_\${package#*:}.deb >/dev/null 2>&1 || apt-get -q download \$package
done
for deb in *.deb; do [ -d ../x/\${deb%.deb} ] || { mkdir -p ../x/\${deb%.deb}; dpkg-deb -x \$deb ../x/\${deb%.deb}; }; done
cd ../go
for machine in amd64 arm64 riscv64 s390x 386 arm; do GOARCH=\$machine go build -o go-\$machine main.go; done
INSIDE

x=$root$dir/x; lib=$root/usr/lib/x86_64-linux-gnu
# WORDS FOLDERS NAMES: files by name in unpacked packages.
files() { local words=$1 folders=$2 name; shift 2; for name in "$@"; do find $x/$folders -type f -name "$name" -size +20k ! -name '*.py' ! -path '*completion*' | sed "s/\$/ $words/"; done; }
for name in libc.so.6 libcrypto.so.3 libgmp.so.10 libffi.so.8; do echo "$lib/$name gcc, by hand"; done
for file in "$lib/libstdc++.so.6" "$lib"/libpython3.14.so.1.0 "$root"/usr/bin/{python3.15,gdb,perf}; do echo "$file gcc"; done
echo "$root/usr/lib64/ld-linux-x86-64.so.2 gcc, by hand"
echo "$root/usr/bin/samply Rust"
ls "$lib"/librustc_driver-*.so | sed 's/$/ Rust, clang/'
echo "$lib/libLLVM.so.21.1 clang"
files 'gcc, by hand' '*_arm64' libc.so.6 'ld-linux-*' libm.so.6 libcrypto.so.3 libssl.so.3 'libgcrypt.so*' 'libgmp.so*' 'libffi.so*' 'libnettle.so*' libc.so
files gcc '*_arm64' 'libstdc++.so*' libgcc_s.so.1 'libpython*.so.1.0'
files 'gcc, by V8' 'libnode*' 'libnode.so*'
files clang '*' chromium lld libLLVM.so.21.1
files Go 'fzf*' fzf
files Rust 'ripgrep*' rg
for machine in i386 riscv64 s390x; do files gcc "*_$machine" libc.so.6 'ld*.so.[12]' 'libstdc++.so*' libcrypto.so.3; done
files 'gcc (debug file)' 'libc6-dbg*_armhf' '*.debug'
ls "$root$dir"/go/go-* | sed 's/$/ Go/'
for way in "$root$data"/true-stack/*-debug-frame; do [ -d "$way" ] && echo "$way/true-stack ${way##*/}, .debug_frame compressed"; done
ls "$root$data"/true-stack/.debug/\[vdso\]/*/vdso 2>/dev/null | sed 's/$/ gcc, by hand/'
