// `perf script -F [type:]field,…`: which fields a sample shows (FORMAT 3.7). A list sets them, `+field` adds and `-field` removes;
// with a type it is for events of that type only.

import { PerftsError } from '../bytes/errors.ts';
import type { FieldChoice } from '../views/script/fields.ts';

export const EVENT_TYPES: readonly string[] = ['hw', 'sw', 'trace', 'raw', 'break', 'synth', 'other'];

/** What perf script knows; views/script/fields.ts says which of them are there yet. */
export const FIELD_NAMES: readonly string[] = [
  'comm', 'tid', 'pid', 'time', 'cpu', 'event', 'trace', 'ip', 'sym', 'dso', 'dsoff', 'addr', 'symoff', 'srcline', 'period', 'flags',
  'iregs', 'uregs', 'brstack', 'brstacksym', 'brstackoff', 'brcntr', 'data_src', 'weight', 'bpf-output', 'callindent', 'insn', 'disasm',
  'insnlen', 'brstackinsn', 'brstackinsnlen', 'brstackdisasm', 'synth', 'phys_addr', 'metric', 'misc', 'srccode', 'ipc', 'tod',
  'data_page_size', 'code_page_size', 'ins_lat', 'retire_lat', 'machine_pid', 'vcpu', 'cgroup',
];

/** One value of -F. */
export function parseFields(text: string): FieldChoice {
  const colon = text.indexOf(':');
  const type = colon < 0 ? '' : text.slice(0, colon).trim();
  if (colon >= 0 && !EVENT_TYPES.includes(type)) {
    throw new PerftsError('PERFTS_USAGE', `--fields: there is no event type '${type}'; the types are ${EVENT_TYPES.join(', ')}`);
  }
  const words = text.slice(colon + 1).split(',').map((word) => word.trim()).filter((word) => word !== '');
  const changing = words.filter((word) => word.startsWith('+') || word.startsWith('-')).length;
  if (changing > 0 && changing < words.length && !/^[+-]/.test(words[0]!)) {
    throw new PerftsError('PERFTS_USAGE', `--fields: '${text}' mixes a list with + and -; say either`);
  }
  // As in perf, a sign holds for the names that follow it.
  let shown = true;
  const fields = words.map((word) => {
    const signed = word.startsWith('+') || word.startsWith('-');
    if (signed) shown = word.startsWith('+');
    const name = signed ? word.slice(1) : word;
    if (!FIELD_NAMES.includes(name)) throw new PerftsError('PERFTS_USAGE', `--fields: there is no field '${name}'; the fields are ${FIELD_NAMES.join(', ')}`);
    return { name, shown };
  });
  return { type, mode: changing > 0 ? 'change' : 'set', fields };
}
