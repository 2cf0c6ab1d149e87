// A text in pieces, as a file or on standard output: pictures and pages.

import { encodeText } from '../bytes/text.ts';
import { FileSink, writtenWhole } from '../node/file-sink.ts';
import { grouped } from '../views/counted.ts';
import type { Output } from './output.ts';

/** `output`: a path, or `-`; `input`: the recording that is read, which is not overwritten. Gives the number of bytes of a file. */
export async function writePieces(pieces: readonly string[], output: string, input: string, out: Output): Promise<number> {
  let bytes = 0;
  if (output === '-') {
    for (const piece of pieces) out.write(piece);
    out.flush();
    return bytes;
  }
  const file = new FileSink(output, input);
  await writtenWhole(file, () => {
    for (const piece of pieces) {
      const encoded = encodeText(piece);
      file.write(encoded);
      bytes += encoded.length;
    }
  });
  return bytes;
}

/** `1,441 KB`, rounded up. */
export function kilobytes(bytes: number): string {
  return `${grouped(Math.ceil(bytes / 1000))} KB`;
}
