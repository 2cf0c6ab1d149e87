# Sourced by record*.sh DIR [ROOT]: where is recorded, and how something is run there. Sets dir (as seen inside root), root ('' for /),
# python, here (this folder) and inside; puts the programs into place.
#   DIR    an absolute path, as seen inside ROOT
#   ROOT   a directory to chroot into, with /proc, /sys and /dev mounted (default: /)
dir=$1; root=${2:-}; root=${root%/}; python=${PYTHON:-python3.13}
here=$(cd "$(dirname "$0")" && pwd)
inside() { if [ -n "$root" ]; then chroot "$root" sh -ec "$1"; else sh -ec "$1"; fi; }

mkdir -p "$root$dir"
cp "$here"/programs/* "$root$dir/"
# 20 000 samples a second are more than the kernel allows by default.
echo 100000 >/proc/sys/kernel/perf_event_max_sample_rate 2>/dev/null || true
