// `perfts report` on a terminal: the browser, its terminal, and what only a command can do for it: annotate a function, write a file.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Annotation } from '../../profile/annotation.ts';
import type { Profile } from '../../profile/profile.ts';
import { pythonCallees } from '../../profile/python/callees.ts';
import { pythonView, type PythonStacks } from '../../profile/python/python-view.ts';
import type { Module } from '../../process/module.ts';
import type { Recording } from '../../profile/recording.ts';
import { stackFrame, type StackFrame } from '../../profile/stack-frame.ts';
import { weightedStacks } from '../../profile/weighted-stacks.ts';
import { annotatedRows } from '../../views/annotate/annotated-rows.ts';
import { calleesLines } from '../../views/annotate/callees-text.ts';
import { Disassembler } from '../../views/annotate/disassembler.ts';
import { planOf, type ReportViewOptions } from '../../views/report/options.ts';
import { eventTitle, reportTables } from '../../views/report/report.ts';
import { AnnotateScreen } from './annotate-screen.ts';
import { Browser } from './browser.ts';
import type { Key } from './key.ts';
import { ChoiceScreen, TextScreen } from './list-screen.ts';
import { ReportRows } from './report-rows.ts';
import { ReportScreen } from './report-screen.ts';
import { open, STAY, type Outcome, type Request, type Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** What is browsed. */
export interface BrowserInput {
  readonly recording: Recording;
  readonly profile: Profile;
  readonly view: ReportViewOptions;
  /** Python's view, of which the profile was made; undefined: the profile is the recording's own. */
  readonly python: PythonStacks | undefined;
  /** Header of the recording, and how good its data is. */
  readonly information: () => readonly string[];
  /** What is missing, in a few words. */
  readonly remark: string;
  /** Why a module, or a part of it, has no names, and what would give it some. */
  readonly advice: (module: Module) => string;
  /** Where files are written. */
  readonly folder: string;
}

/** Runs until the user ends it. Throws what goes wrong, with the terminal as it was. */
export async function browse(input: BrowserInput, terminal: Terminal): Promise<void> {
  const session = new Session(input, terminal);
  try {
    await session.run();
  } finally {
    terminal.close();
    session.close();
  }
}

/** Thrown to end a reading that is not wanted any more. */
class Cancelled extends Error {}

/** Names of files that are tried. */
const MOST_FILES = 10_000;
/** Time between two looks at the keyboard while a recording is read. */
const LOOK_MS = 100;

class Session {
  readonly #input: BrowserInput;
  readonly #terminal: Terminal;
  readonly #browser: Browser;
  #annotation: Annotation | undefined;
  #disassembler: Disassembler | undefined;
  #python: PythonStacks | undefined;
  /** The event whose rows are in sight. */
  #eventName = '';
  #isBusy = false;
  #isCancelled = false;
  #done: () => void = () => {};
  #failed: (error: unknown) => void = () => {};

  constructor(input: BrowserInput, terminal: Terminal) {
    this.#input = input;
    this.#terminal = terminal;
    this.#python = input.python;
    this.#browser = new Browser(this.#first());
  }

  async run(): Promise<void> {
    const end = new Promise<void>((resolved, rejected) => {
      this.#done = resolved;
      this.#failed = rejected;
    });
    this.#terminal.open({ key: (key) => this.#guarded(() => this.#key(key)), repaint: () => this.#guarded(() => this.#paint()), ended: () => this.#done() });
    this.#guarded(() => this.#paint());
    await end;
  }

  close(): void {
    this.#annotation?.close();
  }

  /** What is thrown within an event goes to whoever waits for the end. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failed(error);
    }
  }

  #paint(): void {
    this.#terminal.draw(this.#browser.paint(this.#terminal.width, this.#terminal.height));
  }

  #key(key: Key): void {
    if (key.name === 'suspend') return this.#terminal.suspend();
    if (key.name === 'redraw') return this.#terminal.redraw();
    if (this.#isBusy) {
      if (key.name === 'interrupt' || key.name === 'escape' || (key.name === 'text' && key.text === 'q')) this.#isCancelled = true;
      return;
    }
    const left = this.#browser.key(key);
    if (left === 'quit') return this.#done();
    this.#paint();
    if (left !== undefined) this.#fulfil(left);
  }

  /** One event: its rows. Several: their list first, as in perf. */
  #first(): Screen {
    const { profile, view } = this.#input;
    const plan = planOf(profile, view);
    const tables = reportTables(profile, plan);
    const screens: (ReportScreen | undefined)[] = [];
    const screen = (index: number): ReportScreen => {
      this.#eventName = tables[index]!.members[0]!.name;
      const turn = (by: 1 | -1): Outcome => (tables.length === 1 ? STAY : { then: 'replace', screen: screen((index + by + tables.length) % tables.length) });
      return (screens[index] ??= new ReportScreen(new ReportRows(profile, plan, tables[index]!.table()), { hasMenu: tables.length > 1, turn, remark: this.#input.remark }));
    };
    if (tables.length === 1) return screen(0);
    const samples = (index: number): string => String(tables[index]!.members.reduce((sum, event) => sum + event.samples, 0)).padStart(10);
    return new ChoiceScreen('Available samples', tables.map(({ members }, index) => ({ text: `${samples(index)} of ${eventTitle(profile, members)}`, chosen: () => open(screen(index)) })), true);
  }

  #fulfil(request: Request): void {
    switch (request.what) {
      case 'information':
        this.#browser.open(new TextScreen('The recording', this.#input.information()));
        return this.#paint();
      case 'print':
        this.#browser.say(this.#print(request.name, request.text()));
        return this.#paint();
      case 'annotate':
        this.#isBusy = true;
        this.#isCancelled = false;
        this.#annotate(request.frame).then(
          () => this.#idle(),
          (error: unknown) => {
            if (!(error instanceof Cancelled)) return this.#failed(error);
            this.#browser.say('stopped');
            this.#idle();
          },
        );
    }
  }

  #idle(): void {
    this.#isBusy = false;
    this.#guarded(() => this.#paint());
  }

  async #annotate(number: number): Promise<void> {
    const frame = this.#frame(number);
    if (frame.symbol === '' && this.#input.python === undefined) {
      return this.#lacks(frame.module === undefined ? ['No code is mapped at this address.'] : [`No function is known at this place of ${frame.module.path}:`, '', this.#input.advice(frame.module)]);
    }
    if (frame.kind === 'python') return this.#showCallees(frame);
    const annotation = await this.#annotated();
    const same = annotation.functions.filter((one) => one.frame.symbol === frame.symbol && one.frame.module?.path === frame.module?.path);
    const fn = same.find((one) => one.frame.start === frame.start) ?? same[0];
    if (fn === undefined) return this.#lacks([`${frame.name} has no code of its own in the recording.`, ...(this.#input.python === undefined ? [] : ['', 'It is what Python calls a function of C: without --python that one can be annotated.'])]);
    this.#disassembler ??= await Disassembler.load('att');
    this.#browser.open(new AnnotateScreen(await annotatedRows(annotation, fn, this.#disassembler, true), annotation.events, this.#eventName));
  }

  /** Why there is nothing to be seen. */
  #lacks(text: readonly string[]): void {
    this.#browser.open(new TextScreen('Not annotated', text));
  }

  /** The function itself: what was inlined has no code of its own. */
  #frame(number: number): StackFrame {
    if (this.#input.python !== undefined) return this.#input.python.frames[number]!;
    const { frames } = this.#input.profile;
    let outer = number;
    while (frames.base[outer]! >= 0) outer = frames.base[outer]!;
    return stackFrame(frames, outer);
  }

  #showCallees(frame: StackFrame): void {
    const { profile } = this.#input;
    if (this.#python === undefined && profile.detail === 'branches') {
      return this.#lacks(['A Python function has no instructions of its own, and branches have no stacks that tell what it calls.', '', '--no-branch-stack shows that.']);
    }
    const stacks = (this.#python ??= pythonView(weightedStacks(profile)));
    const callees = pythonCallees(stacks, (name, symbol) => name === frame.name && symbol === frame.symbol);
    const text = callees.flatMap((one) => [...calleesLines(one)].flatMap((line) => line.replaceAll('\t', ' ').split('\n').slice(0, -1)));
    this.#browser.open(new TextScreen(`Python function ${frame.name} (${frame.file}): it has no instructions of its own; what it calls`, text));
  }

  /** Where samples were taken, read once. */
  async #annotated(): Promise<Annotation> {
    if (this.#annotation !== undefined) return this.#annotation;
    let share = 0;
    let next = performance.now() + LOOK_MS;
    const pause = (): Promise<void> | undefined => {
      if (performance.now() < next) return undefined;
      this.#browser.say(`reading the recording ${Math.floor(100 * share)} % (q: stop)`);
      this.#paint();
      return new Promise((resolved, rejected) => {
        setImmediate(() => {
          next = performance.now() + LOOK_MS;
          if (this.#isCancelled) rejected(new Cancelled());
          else resolved();
        });
      });
    };
    this.#annotation = await this.#input.recording.annotate({ onProgress: (done) => (share = done), pause });
    this.#browser.say('');
    return this.#annotation;
  }

  /** Writes to the first `NAME.N` that is not there yet; gives what is to be said of it. */
  #print(name: string, text: Iterable<string>): string {
    const safe = name.replace(/[^\w.+-]/g, '_').replace(/^\.+/, '_').slice(0, 100);
    for (let number = 0; number < MOST_FILES; number++) {
      const file = `${safe}.${number}`;
      try {
        writeFileSync(resolve(this.#input.folder, file), `${[...text].join('\n')}\n`, { flag: 'wx' });
        return `written to ${file}`;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'EEXIST') return `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    return `${safe}.0 to ${safe}.${MOST_FILES - 1} are all there already`;
  }
}
