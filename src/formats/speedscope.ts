// speedscope's own format (FIGURES 3.4; speedscope 1.25.0): JSON with one table of frames and a profile for each thread, whose samples are
// lists of frames from the outermost on. Equal stacks that follow each other are one sample with a larger weight.

import { TextBuffer } from '../bytes/text-buffer.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CodeKind } from './code-table.ts';
import type { ExportFormat, ExportTables, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { AllThreads, type ThreadSamples } from './thread-samples.ts';

const BLOCK = 1 << 16;
const COMMA = 0x2c;
const OPENING = 0x5b;
const CLOSING = 0x5d;

class SpeedscopeWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #options: FormatOptions;
  readonly #text: TextBuffer;
  readonly #all = new AllThreads();

  constructor(tables: ExportTables, options: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#options = options;
    this.#text = new TextBuffer((bytes) => sink.write(bytes), BLOCK);
  }

  sample(row: SampleRow): void {
    this.#all.add(row);
  }

  finish(): void {
    const text = this.#text;
    const { code, recordings } = this.#tables;
    const { threads, haveSeveralEvents } = this.#all;
    const name = recordings.map((recording) => recording.name).join(', ');
    text.text(`{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":${JSON.stringify(this.#options.producer)},"name":${JSON.stringify(name)},`);
    text.text(`"activeProfileIndex":0,"shared":{"frames":[`);
    code.functions.forEach((fn, index) => {
      const module = code.moduleName(fn);
      // The file is shown beside the name: that of the source, or else of the code.
      const file = fn.file !== '' ? fn.file : fn.kind === CodeKind.Python ? '' : module;
      text.text(`${index === 0 ? '' : ','}${JSON.stringify(file === '' ? { name: fn.name } : { name: fn.name, file })}`);
    });
    text.text(']},"profiles":[');
    threads.forEach((thread, index) => {
      if (index > 0) text.byte(COMMA);
      this.#profile(thread, this.#all.nameOf(thread, haveSeveralEvents));
    });
    text.text(']}\n');
    text.flush();
  }

  #profile(thread: ThreadSamples, name: string): void {
    const text = this.#text;
    const { unit } = thread.group.event;
    const byPeriod = (this.#options.weight ?? 'period') === 'period';
    const weights: number[] = [];
    text.text(`{"type":"sampled","name":${JSON.stringify(name)},"unit":"${byPeriod && unit === 'nanoseconds' ? unit : 'none'}","samples":[`);
    let last = -1;
    let total = 0;
    for (let i = 0; i < thread.length; i++) {
      const weight = byPeriod ? thread.period[i]! : 1;
      total += weight;
      const stack = thread.stack[i]!;
      if (stack === last) {
        weights[weights.length - 1]! += weight;
        continue;
      }
      last = stack;
      if (weights.length > 0) text.byte(COMMA);
      weights.push(weight);
      this.#stack(stack);
    }
    text.text('],"weights":[');
    weights.forEach((weight, i) => {
      if (i > 0) text.byte(COMMA);
      text.text(String(weight));
    });
    text.text(`],"startValue":0,"endValue":${total}}`);
  }

  #stack(stack: number): void {
    const { code, stacks } = this.#tables;
    const text = this.#text;
    const path: number[] = [];
    for (let node = stack; node > 0; node = stacks.parent[node]!) path.push(code.function[stacks.frame[node]!]!);
    text.byte(OPENING);
    for (let i = path.length - 1; i >= 0; i--) {
      text.text(String(path[i]!));
      if (i > 0) text.byte(COMMA);
    }
    text.byte(CLOSING);
  }
}

export const speedscope: ExportFormat = {
  byAddress: false,
  make: (tables, options, sink) => new SpeedscopeWriter(tables, options, sink),
};
