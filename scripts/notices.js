// The licences of the packages inside a bundle, which must go where it goes.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Of the packages that these files, relative to `root`, come from. */
export function noticesOf(root, inputs) {
  const folders = new Set(inputs.map((path) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter((path) => path !== undefined));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license ?? 'see below'})\n\n${licenceText(join(root, folder))}\n`;
  });
}

/** A package's licence file, or the part of its README that is one. */
function licenceText(folder) {
  const names = readdirSync(folder);
  const own = names.find((name) => /^licen[cs]e/i.test(name));
  if (own !== undefined) return readFileSync(join(folder, own), 'utf8').trim();
  const readme = names.find((name) => /^readme/i.test(name));
  const text = readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8');
  const start = text.search(/^#+ *licen[cs]e/im);
  if (start < 0) throw new Error(`${folder} says no licence`);
  return text.slice(start).trim();
}
