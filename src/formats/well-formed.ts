// Names in recordings are bytes (bytes/text.ts); the formats that other tools read want Unicode.

const LONE_SURROGATES = /[\ud800-\udfff]/;

/** The text with the replacement character for every byte that was no UTF-8. */
export function wellFormed(text: string): string {
  if (!LONE_SURROGATES.test(text)) return text;
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    result += code >= 0xd800 && code <= 0xdfff ? '\ufffd' : character;
  }
  return result;
}
