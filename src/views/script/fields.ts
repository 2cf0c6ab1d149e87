// Which columns `script` prints: perf's field names, its defaults by type of event, and what -F makes of them (FORMAT 3.7).

import { PerftsError } from '../../bytes/errors.ts';

/** Fields that can be printed; perf has more. */
export const FIELDS = [
  'comm', 'tid', 'pid', 'time', 'cpu', 'event', 'trace', 'ip', 'sym', 'dso', 'dsoff', 'addr', 'symoff', 'period', 'iregs', 'uregs',
  'weight', 'data_src', 'phys_addr', 'data_page_size', 'code_page_size', 'ins_lat', 'retire_lat', 'misc', 'brstack', 'brstacksym', 'tod',
  'cgroup', 'srcline', 'bpf-output', 'brstackoff', 'insn', 'insnlen', 'disasm', 'srccode',
  // Only of what is made of processors' traces, which is not done here: nothing, or blanks.
  'flags', 'synth', 'ipc', 'callindent',
] as const;
export type Field = (typeof FIELDS)[number];

/** Kinds of event that have field sets of their own; 'other' are PMUs with a number of their own. */
export const EVENT_TYPES = ['hw', 'sw', 'trace', 'hw_cache', 'raw', 'break', 'synth', 'other'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface FieldSet {
  readonly fields: ReadonlySet<Field>;
  /** Asked for by the user: a field that the samples lack is then an error, where a default is dropped without a word. */
  readonly asked: ReadonlySet<Field>;
  /** Whether -F spoke of this type at all. */
  readonly isChosen: boolean;
}

const COMMON: readonly Field[] = ['comm', 'tid', 'cpu', 'time', 'event', 'ip', 'sym', 'symoff', 'dso', 'period'];

const DEFAULTS: Readonly<Record<EventType, readonly Field[]>> = {
  hw: COMMON,
  sw: [...COMMON, 'bpf-output'],
  trace: ['comm', 'tid', 'cpu', 'time', 'event', 'trace', 'ip', 'sym', 'symoff', 'dso'],
  hw_cache: COMMON,
  raw: [...COMMON, 'addr', 'data_src', 'weight', 'phys_addr', 'data_page_size', 'code_page_size', 'ins_lat', 'retire_lat'],
  break: COMMON,
  synth: ['comm', 'tid', 'cpu', 'time', 'event', 'ip', 'sym', 'symoff', 'dso'],
  other: COMMON,
};

const BLOCKS = 'the code between recorded branches is not shown; brstack, brstackoff and brstacksym show the branches';
const GUESTS = 'perfts does not look into virtual machines';

/** perf's fields that are not there, and why. */
const NOT_HERE: Readonly<Record<string, string>> = {
  brstackinsn: BLOCKS,
  brstackinsnlen: BLOCKS,
  brstackdisasm: BLOCKS,
  brcntr: 'perf shows it beside the code between branches only; script -D shows the counters of branches',
  metric: "perf computes metrics by its own tables of every processor's events",
  machine_pid: GUESTS,
  vcpu: GUESTS,
};

/** One -F option: the fields to show, or to add to and take from those that are shown; `type` '' is all types. */
export interface FieldChoice {
  readonly type: string;
  readonly mode: 'set' | 'change';
  readonly fields: readonly { readonly name: string; readonly shown: boolean }[];
}

/** The fields of each type of event after all -F options. Throws PERFTS_USAGE for a field that is not there. */
export function fieldSets(choices: readonly FieldChoice[]): Readonly<Record<EventType, FieldSet>> {
  const sets = {} as Record<EventType, { fields: Set<Field>; asked: Set<Field>; isChosen: boolean }>;
  for (const type of EVENT_TYPES) sets[type] = { fields: new Set(DEFAULTS[type]), asked: new Set(), isChosen: false };
  for (const choice of choices) {
    for (const type of EVENT_TYPES) {
      if (choice.type !== '' && choice.type !== (type === 'hw_cache' ? 'hw' : type)) continue;
      const set = sets[type];
      set.isChosen = true;
      if (choice.mode === 'set') set.fields.clear();
      for (const { name, shown } of choice.fields) {
        const field = name as Field;
        const reason = NOT_HERE[name];
        if (reason !== undefined) throw new PerftsError('PERFTS_USAGE', `--fields ${name}: ${reason}`);
        if (!(FIELDS as readonly string[]).includes(name)) throw new PerftsError('PERFTS_USAGE', `--fields: there is no field '${name}'`);
        if (shown) {
          set.fields.add(field);
          set.asked.add(field);
        } else set.fields.delete(field);
      }
    }
  }
  return sets;
}

/** The kind of an event by its attr.type (FORMAT 1.2). */
export function eventType(type: number): EventType {
  return (['hw', 'sw', 'trace', 'hw_cache', 'raw', 'break'] as const)[type] ?? 'other';
}

/** Whether any event's samples may show a field. */
export function showsField(choices: readonly FieldChoice[], field: Field): boolean {
  const sets = fieldSets(choices);
  return EVENT_TYPES.some((type) => sets[type].fields.has(field));
}
