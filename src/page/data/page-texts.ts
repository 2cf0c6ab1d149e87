// The texts of a page's data: JSON, whose shape is checked before anything believes it.

import type { CodeFunction, CodeModule } from '../../formats/code-table.ts';
import type { PageCode, PageData, PageEvent, PageOrigin, PageSource, PageThread } from './page-data.ts';
import { PageDataError } from './page-data-error.ts';

/** All that is no column, and how long the columns are. */
export type PageTexts = Pick<PageData, 'origin' | 'events' | 'threads' | 'modules' | 'functions' | 'quality' | 'sources' | 'code'> & {
  readonly places: number;
  readonly nodes: number;
  readonly samples: number;
  readonly hasPython: boolean;
};

/** @throws PageDataError for what is not of this shape. */
export function textsOf(json: Uint8Array): PageTexts {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new PageDataError('its texts are damaged');
  }
  const all = recordOf(parsed);
  const modules = listOf(all['modules'], moduleOf);
  const functions = listOf(all['functions'], (value) => functionOf(value, modules.length));
  return {
    origin: originOf(recordOf(all['origin'])),
    events: listOf(all['events'], eventOf),
    threads: listOf(all['threads'], threadOf),
    modules,
    functions,
    quality: listOf(all['quality'], textOf),
    sources: listOf(all['sources'], sourceOf),
    code: listOf(all['code'], (value) => codeOf(value, functions.length)),
    places: countOf(all['places']),
    nodes: countOf(all['nodes']),
    samples: countOf(all['samples']),
    hasPython: all['hasPython'] === true,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function wrong(): PageDataError {
  return new PageDataError('its texts are not as they should be');
}

function recordOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw wrong();
  return value as Fields;
}

function listOf<T>(value: unknown, one: (value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw wrong();
  return value.map(one);
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw wrong();
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw wrong();
  return value;
}

function countOf(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong();
  return value as number;
}

function indexOf(value: unknown, least: number, length: number): number {
  const index = numberOf(value);
  if (!Number.isInteger(index) || index < least || index >= length) throw wrong();
  return index;
}

function originOf(value: Fields): PageOrigin {
  return {
    name: textOf(value['name']),
    host: textOf(value['host']),
    architecture: textOf(value['architecture']),
    cpu: textOf(value['cpu']),
    cpus: numberOf(value['cpus']),
    kernel: textOf(value['kernel']),
    command: listOf(value['command'], textOf),
    started: textOf(value['started']),
  };
}

function eventOf(value: unknown): PageEvent {
  const { name, unit, samples, period } = recordOf(value);
  return { name: textOf(name), unit: unit === 'nanoseconds' ? 'nanoseconds' : 'count', samples: numberOf(samples), period: numberOf(period) };
}

function threadOf(value: unknown): PageThread {
  const { pid, tid, comm } = recordOf(value);
  return { pid: numberOf(pid), tid: numberOf(tid), comm: textOf(comm) };
}

function moduleOf(value: unknown): CodeModule {
  const { name, path, buildId, isKernel } = recordOf(value);
  return { name: textOf(name), path: textOf(path), buildId: textOf(buildId), isKernel: isKernel === true };
}

function functionOf(value: unknown, modules: number): CodeFunction {
  const { name, symbol, file, module, kind } = recordOf(value);
  return { name: textOf(name), symbol: textOf(symbol), file: textOf(file), module: indexOf(module, -1, modules), kind: indexOf(kind, 0, KINDS) as CodeFunction['kind'] };
}

/** How many kinds of code there are (CodeKind). */
const KINDS = 5;

function sourceOf(value: unknown): PageSource {
  const { file, text } = recordOf(value);
  return { file: textOf(file), text: textOf(text) };
}

function codeOf(value: unknown, functions: number): PageCode {
  const fields = recordOf(value);
  return {
    function: indexOf(fields['function'], 0, functions),
    instructions: listOf(fields['instructions'], (one) => {
      const { address, text } = recordOf(one);
      return { address: numberOf(address), text: textOf(text) };
    }),
  };
}
