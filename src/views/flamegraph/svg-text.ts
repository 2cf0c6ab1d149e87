// Text of recordings in an SVG: names may hold anything, an XML document may not (XML 1.0, section 2.2), and neither the tags of HTML nor
// marks that turn the direction of writing may work in it.

/** Longest text that is written whole: templates of C++ have names of many thousand letters. */
const MOST = 600;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** C0 and C1 controls, DEL, directional marks, line and paragraph separators, noncharacters. */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff0-\ufff8\ufffe\uffff]/g;
/** Half of a pair; bytes that are no UTF-8 are such (bytes/text.ts). */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line in which everything can be seen: controls as their pictures (U+2400 and on). */
export function visible(text: string): string {
  const plain = text.replace(UNSEEN, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  }).replace(LONE, '\ufffd');
  return plain.length <= MOST ? plain : `${cut(plain, MOST - 100)}…${plain.slice(-99).replace(LONE, '\ufffd')}`;
}

/** For text and attributes of an XML document; `visible` already. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
}

/** As much as fits `columns`, two dots at its end where something is missing; '' where that says nothing: a single letter. */
export function fitted(text: string, columns: number): string {
  if (columns < 3) return '';
  let used = 0;
  let at = 0;
  let fits = 0;
  for (const letter of text) {
    const width = letter.codePointAt(0)! >= 0x1100 ? 2 : 1;
    if (used + width > columns) return columns < 4 ? '' : `${text.slice(0, fits)}..`;
    used += width;
    at += letter.length;
    if (used + 2 <= columns) fits = at;
  }
  return text;
}

/** A pair of surrogates is not torn. */
function cut(text: string, length: number): string {
  return text.slice(0, /[\ud800-\udbff]/.test(text[length - 1]!) ? length - 1 : length);
}
