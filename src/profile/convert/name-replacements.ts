// Names that say nothing about whoever recorded, the same for the same name within a recording. What everybody has stays: the folders
// of every system, its well-known programs and libraries, the kernel's own names; and of other names what kind of file it is.

import { DELETED_MARK, withoutDeletedMark } from '../../symbols/file-tree.ts';

const SYSTEM_FOLDERS: ReadonlySet<string> = new Set([
  '', '.', '..', 'bin', 'boot', 'debug', 'dev', 'dist-packages', 'etc', 'home', 'lib', 'lib32', 'lib64', 'lib-dynload', 'libexec', 'local', 'modules', 'mnt', 'opt',
  'proc', 'root', 'run', 'sbin', 'self', 'shm', 'site-packages', 'srv', 'sys', 'tmp', 'usr', 'var', 'x86_64-linux-gnu', 'aarch64-linux-gnu', 's390x-linux-gnu',
  'riscv64-linux-gnu', 'i386-linux-gnu', 'arm-linux-gnueabihf', '.debug', 'jit', 'kernel', 'gconv', 'ossl-modules', 'engines-3',
]);
/** Modules of Python's own library. */
const STANDARD_MODULES = 'lib-dynload';
/** Interpreters, shells and what perf runs. */
const KNOWN_PROGRAM = /^(python[\d.]*[dt]*|pypy[\d.]*|node|java|ruby[\d.]*|perl[\d.]*|bash|dash|sh|zsh|perf|perf-exec|env|sleep|make|cat|ls|gcc|g\+\+|cc1|cc1plus|ld|as)$/;
/** Libraries that come with systems and interpreters, whatever their version. */
const KNOWN_LIBRARY = new RegExp(
  '^(ld-linux[\\w-]*|ld64|libc|libm|libdl|librt|libpthread|libutil|libresolv|libnsl|libanl|libcrypt|libgcc_s|libstdc\\+\\+|libgomp|libatomic|libasan|libc\\+\\+|libc\\+\\+abi|libunwind|'
  + 'libpython[\\d.]*[dt]*|libexpat|libz|libzstd|liblzma|libbz2|libffi|libssl|libcrypto|libsqlite3|libncursesw?|libreadline|libtinfo|libuuid|libgdbm|libmpdec|libdb|libuv|'
  + 'libjvm|libnode|libtcmalloc|libjemalloc|libnuma|libblas|liblapack|libopenblas[\\w.-]*|libelf|libdw|libselinux|libpcre2?-8|libcap|libsystemd)[-.]?[\\d.]*\\.so[\\d.]*$',
);
/** Threads of the kernel, and the idle task. */
const KERNEL_COMM = /^(swapper(\/\d+)?|kworker\/.*|ksoftirqd\/\d+|migration\/\d+|rcu_\w+|kthreadd|khugepaged|kswapd\d+|kcompactd\d+|kauditd|jbd2\/.*|irq\/\d+.*|cpuhp\/\d+|idle_inject\/\d+)$/;
/** `jit-42.dump` and `perf-42.map` belong to the recording by this name. */
const OF_RECORDING = /^(jit|perf)-\d+\.(dump|map)$/;
/** Of a name: `.so.1.2`, `.cpython-313-x86_64-linux-gnu.so`, `.py`. */
const EXTENSIONS = /(\.(so|ko|py|pyc|pyx|dump|map|jar|js|mjs|cjs|ts|rb|pl|exe|dll|elf|bin|dat|data|txt|json|db|log|o|a|xz|gz|zst|debug|cpython-[\w-]+|abi3|pypy\d+[\w-]*)|\.\d+)+$/;

export class NameReplacements {
  readonly #words = new Map<string, string>();

  /** A word: a file's name without its extensions, an argument, a command. */
  word(text: string): string {
    if (text === '') return '';
    let replacement = this.#words.get(text);
    if (replacement === undefined) {
      replacement = `name${this.#words.size + 1}`;
      this.#words.set(text, replacement);
    }
    return replacement;
  }

  /** A command's name, at most 15 bytes. */
  comm(name: string): string {
    return KNOWN_PROGRAM.test(name) || KERNEL_COMM.test(name) ? name : this.word(name);
  }

  /** A file's name without folders. */
  fileName(name: string): string {
    if (KNOWN_PROGRAM.test(name) || KNOWN_LIBRARY.test(name) || OF_RECORDING.test(name)) return name;
    const extensions = EXTENSIONS.exec(name)?.[0] ?? '';
    return this.word(name.slice(0, name.length - extensions.length)) + extensions;
  }

  /** A path of any kind, also the names that the kernel gives to memory without a file. */
  path(path: string): string {
    const live = withoutDeletedMark(path);
    if (live !== path) return this.path(live) + DELETED_MARK;
    const anonymous = /^\[anon:(.*)\]$/.exec(path);
    if (anonymous !== null) return `[anon:${this.word(anonymous[1]!)}]`;
    const memory = /^\/memfd:(.*)$/.exec(path);
    if (memory !== null) return `/memfd:${this.word(memory[1]!)}`;
    if (path.startsWith('[') || path.startsWith('//') || /^\/(SYSV[0-9a-f]*|anon_hugepage|dev\/zero)$/.test(path)) return path;
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const folders = parts.map((part) => (SYSTEM_FOLDERS.has(part) || KNOWN_PROGRAM.test(part) ? part : this.word(part)));
    return [...folders, parts.at(-1) === STANDARD_MODULES ? name : this.fileName(name)].join('/');
  }

  /** Of the kernel, its own modules, and memory of either; modules from elsewhere are files like any other. */
  kernelPath(path: string): string {
    return path.startsWith('/') && !/^\/(?:lib|usr\/lib)\/modules\/[^/]+\/(?:kernel|build)\//.test(path) ? this.path(path) : path;
  }

  /** One argument of a command line. What it is an option for may say as much as its value: all of it goes. */
  argument(text: string): string {
    return text.includes('/') ? this.path(text) : this.word(text);
  }
}
