// The 'bpf-output' column of `script`: what a BPF program wrote into its event, eight bytes a line, and as a string if it is one
// (FORMAT 3.7).

import { EventType } from '../../perfdata/attr.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';

/** PERF_COUNT_SW_BPF_OUTPUT. */
const BPF_OUTPUT = 10n;
const BYTES_PER_LINE = 8;

export function isBpfOutput(event: PerfEvent): boolean {
  return event.attr.type === EventType.Software && event.attr.config === BPF_OUTPUT && !event.name.includes('offcpu-time');
}

export function bpfOutputText(record: RecordView, raw: SampleView): string {
  if (raw.rawOffset < 0) return '';
  const bytes = record.bytes.subarray(raw.rawOffset, raw.rawOffset + raw.rawSize);
  let text = '\n';
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = bytes.subarray(at, at + BYTES_PER_LINE);
    const hex = Array.from(line, (byte) => ` ${byte.toString(16).padStart(2, '0')}`).join('');
    const characters = Array.from(line, printable).join('');
    text += `${(at === 0 ? 'BPF output:' : '').padStart(17)} ${at.toString(16).padStart(4, '0')}:${hex.padEnd(BYTES_PER_LINE * 3)}  ${characters.padEnd(BYTES_PER_LINE)}\n`;
  }
  const string = stringOf(bytes);
  return string === undefined ? text : `${text}${'BPF string:'.padStart(17)} "${string}"\n`;
}

/** The kernel's isprint, which perf has too: Latin-1. What is no ASCII goes out as it came. */
function printable(byte: number): string {
  if (byte >= 0xa0) return String.fromCharCode(0xdc00 + byte);
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** Printable characters and then only NULs, at least one. */
function stringOf(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  if (end < 0 || bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  const text = bytes.subarray(0, end);
  return text.every((byte) => byte >= 0xa0 || (byte >= 0x20 && byte < 0x7f)) ? Array.from(text, printable).join('') : undefined;
}
