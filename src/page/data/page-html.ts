// The page's HTML file with a recording in it: the file that the build has made, its data and its title filled in.

/** As the build writes them. */
const TITLE = '<title>perfts</title>';
const DATA = '<script type="text/plain" id="perfts-data"></script>';
const DATA_END = '</script>';

/** In pieces, one behind the other. `data`: what packPageData gave, as base64. */
export function pageWith(html: string, name: string, data: string): string[] {
  const title = html.indexOf(TITLE);
  const slot = html.indexOf(DATA, title);
  if (title < 0 || slot < 0) throw new TypeError('the page has no place for data');
  return [
    html.slice(0, title),
    `<title>${escaped(name)} - perfts</title>`,
    html.slice(title + TITLE.length, slot + DATA.length - DATA_END.length),
    data,
    html.slice(slot + DATA.length - DATA_END.length),
  ];
}

/** As text of an HTML element: names may hold anything. */
export function escaped(text: string): string {
  // Control characters are no HTML; a byte that is no UTF-8 (bytes/text.ts) has no character.
  // oxlint-disable-next-line no-control-regex
  const printable = text.replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/gu, '\ufffd');
  return printable.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
