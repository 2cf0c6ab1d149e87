// A frame as people read it: a function with its kind, module and source, out of the columns of the FrameTable. CPython's names
// (`py::QUALNAME:FILENAME`, JITDUMP 3) are taken apart; places that nothing names get the name of their module.

import { baseName } from '../bytes/recorded-path.ts';
import type { Module } from '../process/module.ts';
import { FrameFlag, type FrameTable } from './frame-table.ts';
import type { SourceLine } from './source-table.ts';

/** What kind of code a frame is. `jit`: made at run time, but no function of Python's. `inlined`: a call that the compiler inlined. */
export type FrameKind = 'python' | 'native' | 'kernel' | 'jit' | 'inlined';

/** One function, or the nameless places of one module. */
export interface StackFrame {
  readonly kind: FrameKind;
  /**
   * For people: `run_dummy`, `list_contains`; `[libc.so.6]` for places of a module that no symbol names, `[unknown]` outside of all
   * modules, `[python trampoline]` for code of a Python runtime that nothing names. Never empty; any characters.
   */
  readonly name: string;
  /** As the symbols have it: `py::run_dummy:/srv/before.py`; '' where nothing names the place. */
  readonly symbol: string;
  readonly module: Module | undefined;
  /** Source file: of Python functions as CPython names it, of others where lines were asked for; '' where not known. */
  readonly file: string;
  /** Line in `file`, from 1; 0 where not known. */
  readonly line: number;
  /** In the module's own coordinates, the symbol's start and end; 0 for nameless places. */
  readonly start: number;
  readonly end: number;
}

/** What CPython puts before the name of a function. */
const PYTHON_PREFIX = 'py::';
/** The image that perf inject makes of one function of a jitdump (JITDUMP 5). */
const INJECTED = /^jitted-\d+-\d+\.so$/;
/** As CPython 3.15's own JIT names its code. */
const JIT_EXECUTOR = 'py::jit:executor';

/** The frame of that number. `line`: where frames are told apart by lines. */
export function stackFrame(frames: FrameTable, frame: number, line?: SourceLine): StackFrame {
  const id = frames.module[frame]!;
  const module = id < 0 ? undefined : frames.modules[id];
  const flags = frames.flags[frame]!;
  const symbol = frames.name(frame);
  const source = { file: line?.file ?? '', line: lineNumber(line) };
  if (frames.symbol[frame]! < 0) {
    const isNamelessJit = (flags & FrameFlag.NamelessJit) !== 0;
    const name = isNamelessJit ? '[python trampoline]' : module === undefined ? '[unknown]' : bracketed(module.shortName);
    const kind = isNamelessJit ? 'python' : (flags & FrameFlag.Kernel) !== 0 || (module === undefined && frames.address[frame]! < 0) ? 'kernel' : module !== undefined && isJit(module) ? 'jit' : 'native';
    return { kind, name, symbol: '', module, ...source, start: 0, end: 0 };
  }
  const place = { module, start: frames.start[frame]!, end: frames.end[frame]! };
  if ((flags & FrameFlag.Inlined) !== 0) return { kind: 'inlined', name: shown(symbol), symbol, ...place, ...source };
  if (module !== undefined && isJit(module)) {
    if (symbol === JIT_EXECUTOR) return { kind: 'jit', name: 'JIT executor', symbol, ...place, ...source };
    if (symbol.startsWith(PYTHON_PREFIX)) {
      const python = parsePythonName(symbol);
      return { kind: 'python', name: python.name, symbol, ...place, file: python.file, line: source.line };
    }
    return { kind: 'jit', name: shown(symbol), symbol, ...place, ...source };
  }
  return { kind: (flags & FrameFlag.Kernel) !== 0 ? 'kernel' : 'native', name: shown(symbol), symbol, ...place, ...source };
}

/**
 * The parts of `py::QUALNAME:FILENAME`. The file begins behind the last colon that is not within `<…>` (`<frozen importlib._bootstrap>`);
 * old versions of CPython wrote empty names.
 */
export function parsePythonName(symbol: string): { readonly name: string; readonly file: string } {
  const text = symbol.slice(PYTHON_PREFIX.length);
  const from = text.endsWith('>') ? Math.max(0, text.lastIndexOf(':<')) : text.length;
  const colon = text.lastIndexOf(':', from);
  const name = colon < 0 ? text : text.slice(0, colon);
  return { name: name === '' ? '[unnamed]' : name, file: colon < 0 ? '' : text.slice(colon + 1) };
}

/** The last part of a path; of files that every package has with its folder: `json/__init__.py`. */
export function shortFile(path: string): string {
  return /(?:[^/]*\/)?__(?:init|main)__\.py$/.exec(path)?.[0] ?? baseName(path);
}

/** The function, and for Python its file in short: `run_dummy (before.py)`. */
export function frameLabel(frame: StackFrame): string {
  if (frame.kind !== 'python' || frame.file === '') return frame.name;
  return `${frame.name} (${shortFile(frame.file)})`;
}

/** Whether the module's code was made at run time; so are the images that perf inject writes. */
function isJit(module: Module): boolean {
  return module.kind === 'jitdump' || module.kind === 'anonymous' || (module.kind === 'file' && INJECTED.test(module.shortName));
}

function bracketed(name: string): string {
  return name.startsWith('[') ? name : `[${name}]`;
}

/** Runtimes may leave a name empty. */
function shown(symbol: string): string {
  return symbol === '' ? '[unnamed]' : symbol;
}

/** A line's text is `FILE:LINE` where it is known. */
function lineNumber(line: SourceLine | undefined): number {
  if (line === undefined || line.file === '' || line.file === '??') return 0;
  const number = Number(line.text.slice(line.file.length + 1));
  return Number.isSafeInteger(number) ? number : 0;
}
