// Where in the selected function the samples are: its source, line by line, and its instructions, as far as each is at hand. What is
// missing is said.

import { grouped } from '../../views/counted.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import type { PageInstruction } from '../data/page-data.ts';
import type { FunctionHeat, Heat } from '../model/heat.ts';
import { sameFunctions } from '../model/heat.ts';
import type { Shown } from '../model/page-model.ts';
import { samplesText, shareText } from './amounts.ts';
import { element } from './element.ts';
import { placeWords } from './frame-words.ts';
import type { Session } from './session.ts';

/** Lines around those with samples; and lines, or instructions, at most. */
const AROUND = 15;
const MOST = 2_000;
/** Steps of heat, each a class of the style sheet. */
const STEPS = 8;

export class SourceView {
  readonly element: HTMLElement = element('div', { class: 'source', id: 'source', tabindex: '0', role: 'region', 'aria-label': 'Source and instructions of the selected function' });
  readonly #session: Session;
  #shown: Shown | undefined;
  #fn = -1;

  constructor(session: Session) {
    this.#session = session;
  }

  update(): void {
    const { shown, state: { selected } } = this.#session;
    if (shown === undefined || (shown === this.#shown && selected === this.#fn)) return;
    this.#shown = shown;
    this.#fn = selected;
    if (selected < 0) {
      this.element.replaceChildren(element('p', { class: 'none', text: 'No function is selected.' }));
      return;
    }
    const heat = this.#session.model.heat(shown.filter, selected);
    const where = element('p', { class: 'where', text: placeWords(this.#session, selected, false, 0) });
    this.element.replaceChildren(where, ...this.#lines(heat, shown), ...this.#instructions(heat, shown));
    const hottest = this.element.querySelector<HTMLElement>('.hottest');
    this.element.scrollTop = hottest === null ? 0 : hottest.offsetTop - this.element.clientHeight / 2;
  }

  #lines({ lines }: FunctionHeat, { stacks: { totalWeight } }: Shown): HTMLElement[] {
    const { file } = this.#session.data.functions[this.#fn]!;
    const source = file === '' ? undefined : this.#session.data.sources.find((one) => one.file === file);
    const known = [...lines.keys()].filter((line) => line > 0).sort((a, b) => a - b);
    const made: HTMLElement[] = [element('h3', { text: 'Source' })];
    if (file === '') return [...made, missing('No source file is known for this function: its file has no debugging information, or it was not found.')];
    if (source === undefined) made.push(missing(`The source file ${visible(file)} is not at hand. Give it beside the recording to see its lines.`));
    if (known.length === 0) made.push(missing('The recording does not tell lines of this function.'));
    const rows = source === undefined ? known.map((line): [number, string] => [line, '']) : shownLines(source.text, known);
    if (rows.length === 0) return made;
    const total = (line: number): number => lines.get(line)?.total ?? 0;
    const most = Math.max(0, ...known.map(total));
    const hottest = source === undefined ? undefined : known.find((line) => total(line) === most && most > 0);
    let before = 0;
    const body: HTMLElement[] = [];
    for (const [line, text] of rows) {
      if (before > 0 && line !== before + 1 && source !== undefined) body.push(element('tr', { class: 'gap' }, element('td', { colspan: '4', text: '…' })));
      before = line;
      body.push(heatRow(lines.get(line), most, totalWeight, line === hottest, [String(line), text], true));
    }
    return [...made, table('Lines with their samples', ['Self', 'Total', 'Line', 'Source'], body)];
  }

  #instructions({ addresses }: FunctionHeat, { stacks: { totalWeight } }: Shown): HTMLElement[] {
    const made: HTMLElement[] = [element('h3', { text: 'Instructions' })];
    const same = new Set(sameFunctions(this.#session.data, this.#fn));
    const code = this.#session.data.code.find((one) => same.has(one.function));
    const known = [...addresses.keys()].sort((a, b) => a - b);
    if (code === undefined) {
      made.push(missing('The code of this function is not at hand: only the functions with the most samples have theirs here, where their files were found.'));
      if (known.length === 0) return made;
    }
    const rows: readonly PageInstruction[] = (code?.instructions ?? known.map((address) => ({ address, text: '' }))).slice(0, MOST);
    const self = (address: number): number => addresses.get(address)?.self ?? 0;
    const most = Math.max(0, ...known.map(self));
    const isThere = new Set(rows.map(({ address }) => address));
    const elsewhere = known.reduce((sum, address) => sum + (isThere.has(address) ? 0 : addresses.get(address)!.samples), 0);
    if (elsewhere > 0) made.push(missing(`${samplesText(elsewhere)} at addresses that are none of these instructions.`));
    const body = rows.map(({ address, text }) => heatRow(addresses.get(address), most, totalWeight, false, [hexadecimal(address), text], false));
    return [...made, table('Instructions with their samples', ['Self', 'Address', 'Instruction'], body)];
  }
}

/** The lines with samples and those around them. */
function shownLines(text: string, known: readonly number[]): [number, string][] {
  const lines = text.split('\n');
  const rows: [number, string][] = [];
  let next = 1;
  for (const line of known) {
    for (next = Math.max(next, line - AROUND); next <= Math.min(lines.length, line + AROUND) && rows.length < MOST; next++) rows.push([next, lines[next - 1]!.replaceAll('\t', '    ')]);
  }
  return rows;
}

function heatRow(heat: Heat | undefined, most: number, whole: number, isHottest: boolean, [number, text]: readonly [string, string], withTotal: boolean): HTMLElement {
  const { self = 0, total = 0, samples = 0 } = heat ?? {};
  const step = most > 0 ? Math.ceil((STEPS * total) / most) : 0;
  const share = (weight: number): string => (weight > 0 ? shareText(weight, whole) : '');
  const cells = withTotal ? [share(self), share(total)] : [share(self)];
  return element('tr', { class: `heat-${step}${isHottest ? ' hottest' : ''}`, title: samples > 0 ? `${grouped(samples)} sampled here` : undefined },
    ...cells.map((cell) => element('td', { class: 'share', text: cell })), element('td', { class: 'line', text: number }), element('td', { class: 'code', text }));
}

function table(caption: string, heads: readonly string[], body: readonly HTMLElement[]): HTMLElement {
  return element('table', { class: 'heat' }, element('caption', { class: 'unseen', text: caption }), element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { scope: 'col', text })))), element('tbody', {}, ...body));
}

function missing(text: string): HTMLElement {
  return element('p', { class: 'none', text });
}

/** Addresses of a kernel are below zero: they are shown as it has them. */
function hexadecimal(address: number): string {
  return (address < 0 ? BigInt.asUintN(64, BigInt(address)) : BigInt(address)).toString(16);
}
