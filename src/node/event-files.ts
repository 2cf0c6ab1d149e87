// The files of `perfts script --per-event-dump`: one for each event that has samples, named after the recording and the event.

import { closeSync, openSync, writeSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import { TextBuffer } from '../bytes/text-buffer.ts';
import { reasonOf } from './system-errors.ts';

const BLOCK = 65_536;

interface EventFile {
  readonly path: string;
  readonly descriptor: number;
  readonly text: TextBuffer;
  size: number;
  samples: number;
}

/** What was written. Size in bytes. */
export interface WrittenEvents {
  readonly path: string;
  readonly size: number;
  readonly samples: number;
}

/** Files that are made when the first sample of their event comes. */
export class EventFiles {
  readonly #base: string;
  readonly #files = new Map<string, EventFile>();

  /** `base`: what their names begin with. */
  constructor(base: string) {
    this.#base = base;
  }

  /** Where the next sample of an event is written. Throws PERFTS_NO_FILE where no file can be made. */
  textFor(event: string): TextBuffer {
    let file = this.#files.get(event);
    if (file === undefined) this.#files.set(event, (file = this.#open(event)));
    file.samples++;
    return file.text;
  }

  /** Writes the rest and closes all. */
  close(): readonly WrittenEvents[] {
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const file of files) {
      try {
        file.text.flush();
      } finally {
        closeSync(file.descriptor);
      }
    }
    return files.map(({ path, size, samples }) => ({ path, size, samples }));
  }

  #open(event: string): EventFile {
    // Names of events hold slashes (cpu/cycles/), and may be anything in a made recording.
    const path = `${this.#base}.${event.replace(/[/\\\0]/g, '_')}.dump`;
    try {
      const descriptor = openSync(path, 'w');
      const text = new TextBuffer((bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
        file.size += bytes.length;
      }, BLOCK);
      const file: EventFile = { path, descriptor, text, size: 0, samples: 0 };
      return file;
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot write ${path}: ${reasonOf(error)}`);
    }
  }
}
