// What src/index.ts and src/node/index.ts make public is documented: every exported declaration has a comment of its own, seen in
// the emitted .d.ts files (STYLE: no public name without docs).

import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The compiled sources that belong to this compiled test. */
const COMPILED = join(dirname(fileURLToPath(import.meta.url)), '../../src');

interface PublicName {
  readonly name: string;
  readonly file: string;
}

/** Names that an index re-exports with `export { a, b as c } from './x.ts'`, by the file they come from. */
function reExported(index: string): PublicName[] {
  const text = readFileSync(index, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  const names: PublicName[] = [];
  for (const match of text.matchAll(/export (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"]/g)) {
    const file = join(dirname(index), match[2]!.replace(/\.[jt]s$/, '.d.ts'));
    for (const part of match[1]!.split(',')) {
      const name = part.trim().replace(/^type /, '').split(' as ')[0]!;
      if (name !== '') names.push({ name, file });
    }
  }
  return names;
}

/** Whether the declaration of a name is preceded by a doc comment; undefined if it is not declared in the file. */
function isDocumented({ name, file }: PublicName): boolean | undefined {
  const text = readFileSync(file, 'utf8');
  const declaration = new RegExp(`^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|let|function\\*?|async function) ${name}\\b`, 'm').exec(text);
  return declaration === null ? undefined : /\*\/\s*$/.test(text.slice(0, declaration.index));
}

for (const index of ['index.d.ts', 'unwind.d.ts', 'node/index.d.ts']) {
  const path = join(COMPILED, index);
  t.test(`public names of ${index} are documented`, { skip: existsSync(path) ? false : `${index} is not there` }, async (t) => {
    const names = reExported(path);
    t.not(names.length, 0, 'it exports something');
    t.notMatch(readFileSync(path, 'utf8'), /export \* from '(?!\.\.\/index)/, 'names are exported one by one');
    for (const each of names) t.equal(isDocumented(each), true, `${each.name} (${each.file.slice(COMPILED.length + 1)})`);
  });
}
