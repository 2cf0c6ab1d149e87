// The page's app alone, in an HTML file of its own, with made data and under the Content-Security-Policy of the real one: what is read
// from recordings is tested elsewhere.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageData } from '../../src/page/data/page-data.ts';
import { packPageData } from '../../src/page/data/page-file.ts';

/** The repository, from dist/test/page. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface AppPage {
  /** The recording that the page holds, or so many made samples. */
  readonly holds?: PageData | number;
  /** What `open` gives for files of these names; others are refused. */
  readonly opens?: Readonly<Record<string, PageData>>;
}

/** Writes the page; the size of the app's script and style, in bytes. */
export async function writeAppPage(path: string, { holds, opens = {} }: AppPage): Promise<number> {
  const packed = async (data: PageData): Promise<string> => `unpacked('${Buffer.from(await packPageData(data)).toString('base64')}')`;
  const held = holds === undefined ? '' : `data: ${typeof holds === 'number' ? `new Promise((resolve) => resolve(largePage(${holds})))` : await packed(holds)},`;
  const known = await Promise.all(Object.entries(opens).map(async ([name, data]) => `${JSON.stringify(name)}: () => ${await packed(data)}`));
  const entry = `
    import { showPage } from './src/page/app/app.ts';
    import { unpackPageData } from './src/page/data/page-file.ts';
    import { largePage } from './test/page/made-page.ts';
    const unpacked = async (text) => unpackPageData(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
    const opens = { ${known.join()} };
    showPage(document.getElementById('perfts'), { ${held}
      async open(files, progress) {
        for (const share of [0.2, 0.6]) { progress('Reading ' + files[0].name, share); await new Promise((resolve) => setTimeout(resolve, 30)); }
        if (!Object.hasOwn(opens, files[0].name)) throw new Error(files[0].name + ' is no recording of perf.');
        return opens[files[0].name]();
      },
    });`;
  const bundle = async (contents: string): Promise<string> => {
    const { outputFiles } = await build({ stdin: { contents, resolveDir: ROOT, loader: 'ts' }, bundle: true, format: 'iife', platform: 'browser', target: ['chrome111', 'firefox115', 'safari16.4'], minify: true, charset: 'utf8', write: false, logLevel: 'warning' });
    // Within a script element these would end it.
    return outputFiles[0]!.text.replaceAll('</script', '<\\/script').replaceAll('<!--', '\\x3C!--').trim();
  };
  const script = await bundle(entry);
  const style = readFileSync(join(ROOT, 'src/page/app/app.css'), 'utf8');
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'none'; base-uri 'none'; form-action 'none'`;
  writeFileSync(path, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>perfts</title><style>${style}</style></head><body><div id="perfts"></div><script>${script}</script></body></html>`);
  const app = await bundle(`export { showPage } from './src/page/app/app.ts';`);
  return Buffer.byteLength(app) + Buffer.byteLength(style);
}
