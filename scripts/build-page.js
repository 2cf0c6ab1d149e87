// The page of `perfts view`: its app and its worker, bundled for browsers, in one HTML file with a place for a recording's data. It needs no
// Node module and no `unsafe-eval`: readers that binary-parser compiles elsewhere are written out here, and the file's own
// Content-Security-Policy allows the two scripts by their hashes, and nothing from outside.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transformSync } from 'esbuild';
import { noticesOf } from './notices.js';

/** Where layouts are declared, in dist/src. */
const LAYOUTS = [['jit', 'layouts.js'], ['perfdata', 'layouts']];

/** Writes dist/page/perfts.html. tsc has compiled before. */
export async function buildPage(root) {
  const readers = await layoutReaders(root);
  const app = await bundle(root, 'src/page/main.ts', readers);
  const worker = await bundle(root, 'src/page/worker/worker.ts', readers);
  const style = styleOf(root);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(app.text)} ${hashOf(worker.text)}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src data: blob:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const notices = noticesOf(root, [...new Set([...app.inputs, ...worker.inputs])]).join('\n').replaceAll('--', '- -');
  const parts = { policy, style, worker: worker.text, main: app.text, notices: `This file contains code of perfts (MIT) and of these packages:\n\n${notices}` };
  const template = readFileSync(join(root, 'src/page/page.html'), 'utf8');
  const html = template.replace(/\{(policy|style|worker|main|notices)\}/g, (_, name) => parts[name]);
  mkdirSync(join(root, 'dist/page'), { recursive: true });
  writeFileSync(join(root, 'dist/page/perfts.html'), html);
}

async function bundle(root, entry, readers) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    alias: { assert: './src/elf/elfy-modules/assert.ts', util: './src/elf/elfy-modules/util.ts' },
    plugins: [compiledBefore(readers)],
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  // Within a script element these would be read as HTML.
  const text = result.outputFiles[0].text.replaceAll('<!--', '\\x3C!--').trim();
  if (/<\/?script/i.test(text)) throw new Error(`${entry}: its text would end the script element`);
  return { text, inputs: Object.keys(result.metafile.inputs) };
}

/** The readers of all layouts in place of what compiles them (src/bytes/layout-parser.ts). */
function compiledBefore(readers) {
  return {
    name: 'compiled-before',
    setup: (setup) => setup.onLoad({ filter: /[\\/]bytes[\\/]layout-parser\.ts$/ }, () => ({ contents: readers, loader: 'js' })),
  };
}

async function layoutReaders(root) {
  const dist = join(root, 'dist/src');
  const load = (...path) => import(pathToFileURL(join(dist, ...path)).href);
  const { Layout } = await load('bytes', 'layout.js');
  const { layoutParserCode } = await load('bytes', 'layout-parser.js');
  const files = LAYOUTS.flatMap(([room, name]) => (name.endsWith('.js') ? [[room, name]] : readdirSync(join(dist, room, name)).filter((file) => file.endsWith('.js')).map((file) => [room, name, file])));
  const readers = new Map();
  for (const file of files) {
    for (const layout of Object.values(await load(...file)).flat()) {
      if (!(layout instanceof Layout)) continue;
      for (const littleEndian of [true, false]) readers.set(keyOf(layout.fields, littleEndian), layoutParserCode(layout.fields, littleEndian));
    }
  }
  const table = [...readers].map(([key, code]) => `${JSON.stringify(key)}: (buffer) => {\n${code}\n}`);
  return `${keyOf}
const READERS = {
${table.join(',\n')}
};
export function layoutParser(fields, littleEndian) {
  const parse = READERS[keyOf(fields, littleEndian)];
  if (parse === undefined) throw new Error('a layout that the build does not know');
  return { parse };
}
`;
}

/** In the page too: what tells layouts apart. */
function keyOf(fields, littleEndian) {
  return `${littleEndian} ${fields.map(({ name, type }) => `${name}:${type}`).join()}`;
}

/** All style sheets of the app. */
function styleOf(root) {
  const folder = join(root, 'src/page/app');
  const sheets = readdirSync(folder).filter((name) => name.endsWith('.css')).sort();
  const { code } = transformSync(sheets.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n'), { loader: 'css', minify: true, charset: 'utf8', legalComments: 'none' });
  return code.trim();
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
