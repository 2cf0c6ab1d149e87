// The lists of testdata/demangle: mangled name, tab, what it is to be shown as.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../project/project-root.ts';

export interface Name {
  readonly mangled: string;
  readonly shown: string;
}

export function readNames(file: string): Name[] {
  const names: Name[] = [];
  for (const line of readFileSync(join(PROJECT_ROOT, 'testdata', 'demangle', file), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const tab = line.indexOf('\t');
    names.push({ mangled: line.slice(0, tab), shown: line.slice(tab + 1) });
  }
  return names;
}
