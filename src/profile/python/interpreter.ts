// Which code is Python's interpreter, and what of it a Python developer knows: the rules of the Python view (python-view.ts), as a table.
// Facts: names of CPython 3.12 to 3.15 in recordings of Debian's builds with debug files, and CPython's sources for 3.11 and older.

import { pythonNameOf, withoutClone } from './c-names.ts';
import type { StackFrame } from '../stack-frame.ts';

/**
 * What becomes of a frame. `python`: stays as it is. `machinery`: folds into the frame that caused it. `work`: stays, under its name in
 * Python where it has one, if it is the outermost of its library. `runtime`: of C, folds too. `kernel`: the outermost that says what
 * the kernel is at stays. `entry`: of the kernel, folds.
 */
export type Role = 'python' | 'machinery' | 'work' | 'runtime' | 'kernel' | 'entry';

/** A frame's role, and its name in the view. */
export interface Part {
  readonly role: Role;
  readonly name: string;
  /** Whether a thread with this frame on its stack waits. */
  readonly waits: boolean;
}

/** The executable or library of a CPython, or of a Python extension that is part of its calling machinery. */
const INTERPRETER = /^(python\d?(\.\d+)*[a-z]*(-dbg)?|libpython\d(\.\d+)*[a-z]*\.so[\d.]*)$/;
/** Libraries that every C program calls: time there belongs to whoever called. libffi: where ctypes calls from. */
const RUNTIME = /^(libc|libm|libpthread|libdl|librt|ld-linux[\w-]*|ld-musl[\w-]*|libc\.musl[\w-]*|libgcc_s|libstdc\+\+|libc\+\+(abi)?|libffi|libmvec)([-.]\d[\d.]*)?\.so[\d.]*$|^\[(vdso|vsyscall)\]$/;

/**
 * Functions of the interpreter that look like a type's or a module's (c-names.ts), but only call, import, look up or evaluate. All other
 * functions that c-names.ts does not know are machinery anyway.
 */
const MACHINERY: readonly RegExp[] = [
  // Evaluation: the loop, its parts in builds without it (tail calls), generators and coroutines, trampolines.
  /^_?PyEval_|^_PyEvalFramePushAndInit|^_TAIL_CALL_|^_?PyGen_|^(gen|coro|async_gen|anextawaitable|coro_wrapper)_/,
  /^py_trampoline_evaluator$|^_PyPerf_/,
  // Calls: vectorcall in all its shapes, arguments.
  /vectorcall(_|$)|^(cfunction|method|func|function|classmethoddescr|wrapperdescr|wrapper|descr|super|property|cm|sm|instancemethod)_|^(object_vacall|callmethod|do_call_core|slot_|wrap_|type_call|type_getattro|module_getattro|null_error)/,
  /^(vgetargs|skipitem|convertitem|convertsimple|find_keyword|unpack_)|^_?PyArg_|^_PyStack_/,
  // Running, importing, starting and ending.
  /^(run_mod|run_eval_code_obj|pyrun_|pymain_|import_|imports_|exec_code|_?start|main|thread_run|pythread_wrapper|t_bootstrap|bootstrap)/,
];

/** Type slots that only construct or call are work where a type's prefix tells whose; these words of `vectorcall` are no types. */
const CONSTRUCTORS = /^(dict|list|tuple|set|frozenset|range|enumerate|enum|reversed|zip|map|filter|float|long|unicode|bytes|bool|complex|slice|lru_cache|partial)_vectorcall$/;

/** Extension modules of the standard library. */
const STANDARD = /\/lib-dynload\/[^/]*$/;
/** Code of CPython's own JIT: what the evaluation loop would do. */
const JIT_EXECUTOR = 'py::jit:executor';

/** How the kernel is entered, on x86-64, arm64 and s390x: says nothing of what it is at. */
const ENTRY = /^(entry_SYSCALL|do_syscall_64|x64_sys_call|do_fast_syscall|asm_|el0t?_|el1h?_|invoke_syscall|do_el0_svc|el0_svc|__do_syscall|system_call|ret_from_fork|irqentry_|syscall_|error_entry|secondary_startup|do_trap)/;
const SYSTEM_CALL = /^(?:__(?:x64|ia32|arm64|s390x?|riscv)_(?:compat_)?sys_|__(?:do|se)_sys_|ksys_)(\w+)$/;
const PAGE_FAULT = /^((asm_)?exc_page_fault|do_user_addr_fault|do_page_fault|do_mem_abort|do_translation_fault|handle_mm_fault|do_dat_exception)$/;
const INTERRUPT = /^((asm_)?sysvec_|(asm_)?common_interrupt|__do_softirq|handle_softirqs|__?irq_exit|do_IRQ|call_on_irq_stack|do_interrupt_handler|gic_handle_irq|handle_domain_irq|do_softirq)/;
/** Kernel functions in which a thread is put to sleep. */
const SLEEP = /^(_*schedule(_\w+)?|io_schedule\w*|futex_wait\w*|__futex_wait|do_nanosleep|hrtimer_nanosleep|ep_poll|do_epoll_wait|do_select|do_poll|do_sys_poll|do_wait\w*|pipe_wait\w*|wait_for_completion\w*|do_idle|default_idle\w*|cpu_startup_entry)$/;

/** What the view makes of a frame. */
export function partOf(frame: StackFrame): Part {
  if (frame.kind === 'python') return { role: 'python', name: frame.name, waits: false };
  if (frame.symbol === JIT_EXECUTOR) return { role: 'machinery', name: frame.name, waits: false };
  const name = withoutClone(frame.symbol);
  if (frame.kind === 'kernel') return kernelPart(frame, name);
  const library = frame.module?.shortName ?? '';
  if (isInterpreter(frame)) {
    const known = frame.symbol === '' || isMachinery(name) ? undefined : pythonNameOf(name);
    return known === undefined ? { role: 'machinery', name: frame.name, waits: false } : { role: 'work', name: known, waits: name === 'take_gil' };
  }
  // The entry of any program, whatever its file.
  if (RUNTIME.test(library) || name === '_start') return { role: 'runtime', name: frame.name, waits: false };
  const known = STANDARD.test(frame.module?.path ?? '') ? pythonNameOf(name) : undefined;
  return { role: 'work', name: known ?? frame.name, waits: false };
}

/** Whether a frame lies in the interpreter's own file. */
export function isInterpreter(frame: StackFrame): boolean {
  return frame.kind !== 'python' && frame.module?.kind === 'file' && isInterpreterFile(frame.module.shortName);
}

/** Whether a file, by its name without folders, is the executable or library of a CPython. */
export function isInterpreterFile(name: string): boolean {
  return INTERPRETER.test(name);
}

function isMachinery(name: string): boolean {
  return !CONSTRUCTORS.test(name) && MACHINERY.some((pattern) => pattern.test(name));
}

function kernelPart(frame: StackFrame, name: string): Part {
  const waits = SLEEP.test(name);
  const call = SYSTEM_CALL.exec(name);
  if (call !== null) return { role: 'kernel', name: `${call[1]!} (system call)`, waits };
  if (PAGE_FAULT.test(name)) return { role: 'kernel', name: 'page fault', waits };
  if (INTERRUPT.test(name)) return { role: 'kernel', name: 'interrupt', waits };
  return { role: ENTRY.test(name) ? 'entry' : 'kernel', name: frame.name, waits };
}
