// What `perfts serve` answers with besides recordings' pages: the list of them. No script, one style sheet, and every name as text.

import { createHash } from 'node:crypto';
import { escaped } from '../page/data/page-html.ts';
import { grouped } from '../views/counted.ts';
import type { ServedList, ServedRecording } from './served-folder.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td:first-child{overflow-wrap:anywhere}`;

/** Of the list's page; nothing is loaded. */
export const LIST_POLICY: string = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** `root`: the path of the server with its token and a slash at the end. */
export function listPage(folder: string, root: string, { recordings, isCut }: ServedList): string {
  const rows = recordings.map((recording) => rowOf(root, recording)).join('\n');
  const table = recordings.length === 0
    ? '<p>There is no recording in this folder.</p>'
    : `<table><thead><tr><th scope="col">Recording</th><th scope="col" class="n">KB</th><th scope="col" class="n">Written</th></tr></thead><tbody>\n${rows}\n</tbody></table>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Recordings in ${escaped(folder)}</title><style>${STYLE}</style></head>
<body>
<h1>Recordings in ${escaped(folder)}</h1>
${table}
${isCut ? '<p>There is more in this folder than is looked at.</p>' : ''}
<p><a href="${root}open">Open another recording</a> of this machine, by dropping its files.</p>
</body>
</html>
`;
}

function rowOf(root: string, { name, size, modified }: ServedRecording): string {
  const href = `${root}view/${name.split('/').map(encodeURIComponent).join('/')}`;
  return `<tr><td><a href="${escaped(href)}">${escaped(name)}</a></td><td class="n">${grouped(Math.ceil(size / 1000))}</td><td class="n">${modified.toISOString().slice(0, 16).replace('T', ' ')}</td></tr>`;
}
