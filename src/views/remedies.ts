// Why a module has no names, in a phrase, and what would give it some: said by the block after a report in one line, by `doctor` with
// every way there is.

import type { Module } from '../process/module.ts';
import type { UnnamedModule } from '../profile/quality.ts';
import type { MissingReason } from '../symbols/search-trail.ts';

/** How a dump is asked for that holds `bytes` of each stack. */
export function dumpOption(bytes: number): string {
  return `--call-graph dwarf,${bytes}`;
}

/** What the block after a report says of a module: the reason and the first remedy. */
export function shortAdvice({ module, found, reason }: UnnamedModule): string {
  switch (module.kind) {
    case 'kernel':
      return 'give --kallsyms FILE, a copy of /proc/kallsyms made as root, or --vmlinux FILE';
    case 'kernel-module':
      return 'give --kallsyms FILE, a copy of /proc/kallsyms made as root, or --symfs ROOT with its file';
    case 'anonymous':
      return found ? 'the map has no name for these addresses' : `no ${module.shortName} beside the recording`;
    default: {
      if (found) return 'the file is there, but has no symbols for these addresses';
      const id = module.buildId === '' ? '' : ` (build id ${module.buildId.slice(0, 12)}…)`;
      const what = reason === 'other-build-id' || reason === 'no-build-id' ? `only another build of the file was found` : 'file not found';
      return `${what}${id}; give --symfs ROOT with the files of that machine`;
    }
  }
}

/** Why a module, or a part of it, has no names. */
export function reasonText(module: Module, reason: MissingReason): string {
  if (module.kind === 'kernel' || module.kind === 'kernel-module') {
    const what = module.kind === 'kernel' ? "the kernel's" : "the module's";
    return reason === 'other-build-id' ? `${what} file was found, but of another build` : `${what} symbols are not there`;
  }
  if (module.kind === 'anonymous') return reason === 'no-symbols' ? 'its perf map does not name these addresses' : `no ${module.shortName} was found`;
  if (module.kind === 'jitdump') return reason === 'no-symbols' ? 'the jitdump does not name these addresses' : 'the jitdump was not found';
  switch (reason) {
    case 'no-symbols':
    case 'no-debug-info':
      return 'its file was found, but is stripped: it names only what it exports';
    case 'other-build-id':
      return 'a file of that name was found, but of another build';
    case 'no-build-id':
    case 'other-checksum':
      return 'a file of that name was found, but nothing proves that it is the same';
    case 'other-machine':
      return 'a file of that name was found, but for another machine';
    case 'not-elf':
      return 'what lies in its place is no ELF file';
    case 'ambiguous':
      return 'there are several of which any may be meant';
    case 'not-searched':
      return module.path.startsWith('/') ? 'there was nowhere to look for its file' : 'it is no file';
    default:
      return 'its file was not found';
  }
}

/** Debian's packages of debugging symbols whose names follow from a file's; '' where only the machine itself knows. */
export function debianPackage(shortName: string): string {
  const python = /^(?:lib)?python(\d\.\d+)/.exec(shortName);
  if (python !== null) return `python${python[1]}-dbg`;
  if (/^(libc|libm|libpthread|libdl|librt|ld-linux[-\w]*)\.so(\.|$)/.test(shortName)) return 'libc6-dbg';
  return '';
}

/** What would give a module names: commands first where there are any, in the order in which they are worth trying. */
export function remedies(module: Module, reason: MissingReason): string[] {
  const { kind, path, buildId, shortName } = module;
  if (kind === 'kernel' || kind === 'kernel-module') {
    const kallsyms = 'on the machine that recorded, before it is booted again: sudo cat /proc/kallsyms > kallsyms; then --kallsyms kallsyms';
    const files =
      kind === 'kernel'
        ? 'or --vmlinux FILE, the kernel with its symbols: on Debian in linux-image-$(uname -r)-dbg, on Fedora in kernel-debuginfo'
        : `or --symfs ROOT with its file at ROOT${path.startsWith('/') ? path : '/lib/modules/RELEASE/…'}`;
    return buildId === '' ? [kallsyms, files] : [kallsyms, files, '--debuginfod, which asks the servers in DEBUGINFOD_URLS for it'];
  }
  if (kind === 'anonymous') {
    return reason === 'no-symbols' ? [] : [`keep /tmp/${shortName} beside the recording, or name its folder by --perf-map-dir DIR`, 'if the program wrote none: run it so that it does (python -X perf, node --perf-basic-prof, java with a perf map agent)'];
  }
  if (kind === 'jitdump') return [`keep ${path} beside the recording, or name it by --jitdump FILE`];
  if (kind === 'vdso') return ['on the machine that recorded: perf buildid-cache -a, or a copy of the folder ~/.debug/[vdso] under --symfs'];
  const list: string[] = [];
  const isStripped = reason === 'no-symbols' || reason === 'no-debug-info';
  if (buildId !== '') {
    list.push(isStripped ? '--debuginfod, which asks the servers in DEBUGINFOD_URLS for its debug file' : '--debuginfod, which asks the servers in DEBUGINFOD_URLS for it');
    list.push(`debuginfod-find ${isStripped ? 'debuginfo' : 'executable'} ${buildId}; then --symbol-dir DIR with what it finds`);
  }
  if (!isStripped && path.startsWith('/')) list.push(`--symfs ROOT, where ROOT${path} is a copy from the machine that recorded`);
  const known = debianPackage(shortName);
  if (path.startsWith('/usr/') || path.startsWith('/lib')) {
    list.push(
      known !== ''
        ? `on Debian: apt install ${known}`
        : `on Debian, where its debug archive is in sources.list: apt install $(dpkg-query -S ${path} | cut -d: -f1 | head -1)-dbgsym; on Fedora: dnf debuginfo-install ${path}`,
    );
  } else if (isStripped) list.push('build it without stripping (-g, no -s, no strip), or keep its debug file and give --symbol-dir DIR');
  return list;
}
