// The terminal browser on terminals: one made in this process (xterm.js without a window), for everything that a terminal can do to us;
// and a real one in tmux, where this machine has it, driven from outside.

import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import t, { type Test } from 'tap';
import { remarkOf } from '../../../src/cli/terminal/browse-report.ts';
import { browse, type BrowserInput } from '../../../src/cli/terminal/run-browser.ts';
import { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { pythonView } from '../../../src/profile/python/python-view.ts';
import { stacksProfile } from '../../../src/profile/stacks-profile.ts';
import { weightedStacks } from '../../../src/profile/weighted-stacks.ts';
import { dataPath, DEMO, DEMO_FILES, perfts, rowsOf } from '../../end-to-end/command.ts';
import { demoParts, openInMemory, type Parts } from '../../end-to-end/in-memory.ts';
import { folderElsewhere } from '../../project/elsewhere.ts';
import { PROJECT_ROOT } from '../../project/project-root.ts';

/** What terminals' commands begin with. */
const ESCAPE = '\u001b';

const bytesOf = (...names: readonly string[]): Uint8Array => new Uint8Array(readFileSync(dataPath(...names)));
const INLINES: Parts = { recording: bytesOf('report', 'recorded-inlines.data'), files: new Map([['/opt/inl/inlines', bytesOf('report', 'recorded-inlines.elf')]]) };

class Keyboard extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
}

/** A terminal in memory, with a browser on it. */
class Desk {
  readonly keyboard = new Keyboard();
  readonly size: EventEmitter & { columns: number; rows: number };
  readonly signals: EventEmitter & { pid: number; kill(pid: number, signal: string): void };
  readonly killed: string[] = [];
  readonly done: Promise<void>;
  /** What is thrown at the next writing. */
  trouble: Error | undefined;
  end = 'running';
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  written = '';

  constructor(input: BrowserInput, columns = 100, rows = 30, hasColors = true) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#screen.write('$ perfts report\r\n');
    this.size = Object.assign(new EventEmitter(), { columns, rows });
    this.signals = Object.assign(new EventEmitter(), { pid: 1, kill: (_pid: number, signal: string) => void this.killed.push(signal) });
    const write = (text: string): void => {
      const { trouble } = this;
      this.trouble = undefined;
      if (trouble !== undefined) throw trouble;
      this.written += text;
      this.#screen.write(text);
    };
    this.done = browse(input, new Terminal({ input: this.keyboard, size: this.size, write, signals: this.signals, hasColors })).then(
      () => void (this.end = 'quit'),
      (error: Error) => void (this.end = error.message),
    );
  }

  async type(...pressed: readonly string[]): Promise<void> {
    for (const one of pressed) {
      this.keyboard.write(one);
      await sleep(one === '\u001b' ? 120 : 5);
    }
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    Object.assign(this.size, { columns, rows });
    this.size.emit('resize');
  }

  /** Lines on the screen, without blanks at their ends. */
  async lines(): Promise<string[]> {
    await new Promise<void>((done) => this.#screen.write('', done));
    const buffer = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true).trimEnd() ?? '');
  }

  /** Waits for a line that fits; gives all of them. */
  async until(pattern: RegExp): Promise<string[]> {
    for (let tries = 0; tries < 600; tries++) {
      const lines = await this.lines();
      if (lines.some((line) => pattern.test(line))) return lines;
      await sleep(20);
    }
    throw new Error(`no ${pattern} on\n${(await this.lines()).join('\n')}`);
  }

  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get cursorLine(): number {
    return this.#screen.buffer.active.cursorY;
  }

  /** Whether the terminal is as it was before. */
  async isRestored(): Promise<boolean> {
    const lines = await this.lines();
    return !this.isAlternate && !this.keyboard.isRaw && lines[0] === '$ perfts report' && this.signals.eventNames().length === 0 && this.size.listenerCount('resize') === 0 && this.#screen.modes.wraparoundMode;
  }
}

async function inputOf(parts: Parts, folder = '/nowhere'): Promise<BrowserInput> {
  const recording = await openInMemory(parts);
  const { profile, quality } = await recording.profile({ inlines: true });
  return { recording, profile, view: {}, python: undefined, information: () => ['what is known'], remark: remarkOf(quality, 0), advice: () => 'give its file', folder };
}

t.setTimeout(300_000);

t.test('a terminal in memory', { timeout: 120_000 }, async (t) => {
  const folder = folderElsewhere(t);
  const input = await inputOf(INLINES, folder);

  await t.test('a visit', async (t) => {
    const desk = new Desk(input);
    const first = await desk.until(/^\+ {2}100\.00% .*_start/);
    t.ok(desk.isAlternate && desk.keyboard.isRaw);
    t.equal(desk.cursorLine, 2, 'the cursor stands at the selected row');
    t.match(first[29], /Press '\?' for help/);
    await desk.type('+', '\u001b[B', '+');
    const unfolded = await desk.lines();
    t.match(unfolded.slice(2, 5), [/^- {2}100\.00%/, /^ {3}- _start/, /^ {6}\+ 99\.53% rounds/]);
    t.equal(desk.cursorLine, 3);
    await desk.type('C', '\u001b[H', '/', ...'leaf', '\r');
    t.match((await desk.lines())[2], /46\.05% .*\[\.\] leaf/);
    await desk.type('a');
    const annotated = await desk.until(/percent: local period/);
    t.match(annotated[1], /^leaf {2}\/opt\/inl\/inlines$/);
    t.match(annotated[desk.cursorLine], /^ +\d+\.\d\d │ [0-9a-f]+: /);
    await desk.type('P');
    await desk.until(/written to leaf\.annotation\.0/);
    await desk.type('\u001b', 'd');
    t.match((await desk.lines())[0], /DSO: inlines, Symbol: leaf/);
    await desk.type('P', 'P', 'i');
    t.match((await desk.lines())[1], /what is known/);
    t.same(readdirSync(folder).sort(), ['leaf.annotation.0', 'perf.hist.0', 'perf.hist.1']);
    t.match(readFileSync(join(folder, 'perf.hist.0'), 'utf8'), /^# Samples: 215 .*\n# Children.*\n#\n\+ {3}46\.05%.*leaf\n$/);
    await desk.type('q', 'q');
    await desk.done;
    t.equal(desk.end, 'quit');
    t.ok(await desk.isRestored());
  });

  await t.test('sizes', async (t) => {
    const desk = new Desk(input, 20, 8);
    await desk.until(/^\+ {2}100\.00%/);
    t.ok((await desk.lines()).every((line) => line.length <= 20));
    desk.resize(120, 40);
    t.match((await desk.lines())[2], /_start$/);
    desk.resize(3, 2);
    t.match((await desk.lines())[0], /^Sam$/);
    desk.resize(1, 1);
    desk.resize(300, 12);
    t.match((await desk.lines())[11], /Press/);
    await desk.type('\u000c', 'q');
    await desk.done;
    t.ok(desk.end === 'quit');
  });

  await t.test('colours', async (t) => {
    for (const hasColors of [true, false]) {
      const desk = new Desk(input, 80, 24, hasColors);
      await desk.until(/_start/);
      await desk.type('\u001b[B', 'q');
      await desk.done;
      t.equal(new RegExp(`${ESCAPE}\\[3\\dm`).test(desk.written), hasColors);
      t.match(desk.written, new RegExp(`${ESCAPE}\\[(1;)?7m`), 'the selected line is in reverse either way');
    }
  });

  await t.test('ends', async (t) => {
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
      const desk = new Desk(input);
      await desk.until(/_start/);
      desk.signals.emit(signal);
      t.ok(await desk.isRestored(), `restored after ${signal}`);
      t.same(desk.killed, [signal], 'which then does what it does');
    }
    const interrupted = new Desk(input);
    await interrupted.until(/_start/);
    await interrupted.type('\u0003');
    await interrupted.done;
    t.ok(await interrupted.isRestored(), 'restored after ^C');
    const exiting = new Desk(input);
    await exiting.until(/_start/);
    exiting.signals.emit('exit');
    t.ok(await exiting.isRestored(), 'restored at the end of the process');
    const broken = new Desk(input);
    await broken.until(/_start/);
    broken.trouble = new Error('cannot write');
    await broken.type('+');
    await broken.done;
    t.equal(broken.end, 'cannot write');
    t.ok(await broken.isRestored(), 'restored after an error');
    const closed = new Desk(input);
    await closed.until(/_start/);
    closed.keyboard.end();
    await closed.done;
    t.equal(closed.end, 'quit', 'no more keys will come');
    const stopped = new Desk(input);
    await stopped.until(/_start/);
    await stopped.type('\u001a');
    t.ok(!stopped.isAlternate && !stopped.keyboard.isRaw, 'given back while it is stopped');
    t.same(stopped.killed, ['SIGTSTP']);
    stopped.signals.emit('SIGCONT');
    await stopped.until(/_start/);
    t.ok(stopped.isAlternate && stopped.keyboard.isRaw);
    await stopped.type('q');
    await stopped.done;
  });

  await t.test('what is missing', async (t) => {
    const bare = new Desk(await inputOf({ recording: bytesOf('report', 'recorded-inlines.data') }));
    const lines = await bare.until(/^\+/);
    t.match(lines[29], /'i': .*1 file without names/);
    await bare.type('a');
    t.match((await bare.until(/Not annotated/)).slice(1, 4), ['No function is known at this place of /opt/inl/inlines:', '', 'give its file']);
    await bare.type('q', 'q');
    await bare.done;
  });

  await t.test('Python functions', async (t) => {
    const recorded = await inputOf(demoParts());
    const desk = new Desk(recorded);
    await desk.until(/^\+/);
    await desk.type('/', ...'py::day', '\r', 'a');
    t.match(await desk.until(/^Python function day/), [/it has no instructions of its own/, /Callees of day .* for cpu-clock/]);
    await desk.type('q', 'q');
    await desk.done;
    const python = pythonView(weightedStacks(recorded.profile));
    const view = new Desk({ ...recorded, profile: stacksProfile(python), python });
    await view.until(/^\+/);
    await view.type('/', ...'bill', '\r', 'a');
    await view.until(/^Python function bill/);
    await view.type('q', '/', ...Array.from({ length: 4 }, () => '\u007f'), ...'Connection.execute', '\r', 'a');
    await view.until(/^It is what Python calls a function of C: without --python that one can be annotated/);
    await view.type('q', 'q');
    await view.done;
    t.equal(view.end, 'quit');
  });

  await t.test('a reading that is not wanted any more', async (t) => {
    const recording = await openInMemory(INLINES);
    const slow = Object.assign(Object.create(recording) as typeof recording, {
      annotate: async ({ onProgress, pause }: Parameters<typeof recording.annotate>[0] & object) => {
        for (let share = 0; ; share = Math.min(0.99, share + 0.01)) {
          onProgress?.(share);
          await pause?.();
        }
      },
    });
    const desk = new Desk({ ...input, recording: slow });
    await desk.until(/_start/);
    await desk.type('a');
    await desk.until(/reading the recording \d+ % \(q: stop\)/);
    await desk.type('q');
    await desk.until(/^stopped$/);
    await desk.type('q');
    await desk.done;
    t.equal(desk.end, 'quit', 'the browser goes on');
  });

  await t.test('several events', async (t) => {
    const desk = new Desk(await inputOf({ recording: bytesOf('report', 'recorded-kprobe.data') }));
    const menu = await desk.until(/^Available samples$/);
    const events = menu.slice(1).flatMap((line) => /^ +\d+ of (events? '.*)$/.exec(line)?.[1] ?? []);
    t.equal(events.length, 3);
    const title = async (): Promise<string> => (await desk.lines())[0]!;
    const has = async (event: string | undefined, message: string): Promise<boolean> => t.ok((await title()).includes(event!), message);
    await desk.type('\u001b[B', '\r');
    await has(events[1], 'the one that was chosen');
    await desk.type('\t');
    await has(events[2], 'the next one');
    await desk.type('\t', '\u001b[Z', '\u001b[Z');
    await has(events[1], 'round, and back');
    await desk.type('\u001b[D');
    t.equal(await title(), 'Available samples');
    await desk.type('\u001b');
    await desk.done;
    t.equal(desk.end, 'quit');
  });
});

t.test('where there is no terminal', async (t) => {
  const refused = await perfts('report', '--tui', DEMO, ...DEMO_FILES);
  t.same([refused.status, refused.out, refused.err], [2, '', 'perfts: --tui needs a terminal: standard output is none\n']);
  t.match(await perfts('report', '--tui', '--hierarchy', DEMO), { status: 2, err: 'perfts: --hierarchy gives text: leave --tui away\n' });
  const asText = await perfts('report', '--tui', '--stdio', DEMO, ...DEMO_FILES);
  t.equal(asText.status, 0, 'the last one counts');
  t.equal((await perfts('report', DEMO, ...DEMO_FILES)).out, asText.out);
});

/** perfts in a tmux of its own. */
class Tmux {
  readonly #socket: string;
  readonly #folder: string;

  constructor(t: Test, columns: number, rows: number, words: readonly string[], env: string = '') {
    this.#folder = folderElsewhere(t);
    this.#socket = join(this.#folder, 'tmux');
    const quoted = [process.execPath, join(PROJECT_ROOT, 'bin', 'perfts.js'), ...words].map((word) => `'${word}'`).join(' ');
    // In the foreground, as from a shell, so that it has the terminal.
    writeFileSync(join(this.#folder, 'run.sh'), `cd '${this.#folder}'\nunset NODE_OPTIONS\n${env} sh -c 'echo $$ > pid; exec "$@"' sh ${quoted}\necho "status $?"\nstty -a | grep -o -E '(^|[ -])(icanon|echo)( |$)'\nexec sleep 600\n`);
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), `sh '${join(this.#folder, 'run.sh')}'`);
    t.teardown(() => this.#tmux('kill-server'));
  }

  get pid(): number {
    return Number(readFileSync(join(this.#folder, 'pid'), 'utf8'));
  }

  #tmux(...words: readonly string[]): string {
    return spawnSync('tmux', ['-S', this.#socket, ...words], { encoding: 'utf8' }).stdout ?? '';
  }

  press(...names: readonly string[]): void {
    this.#tmux('send-keys', ...names);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  lines(): string[] {
    return this.#tmux('capture-pane', '-p').split('\n').map((line) => line.trimEnd());
  }

  async until(pattern: RegExp): Promise<string[]> {
    for (let tries = 0; tries < 300; tries++) {
      const lines = this.lines();
      if (lines.some((line) => pattern.test(line))) return lines;
      await sleep(100);
    }
    throw new Error(`no ${pattern} on\n${this.lines().join('\n')}`);
  }
}

const hasTmux = process.platform !== 'win32' && spawnSync('tmux', ['-V']).status === 0;
const isBuilt = existsSync(join(PROJECT_ROOT, 'dist', 'cli', 'main.js'));

t.test('in tmux', { skip: hasTmux && isBuilt ? false : 'needs tmux and a build', timeout: 110_000 }, async (t) => {
  const symfs = join(folderElsewhere(t), 'root');
  mkdirSync(join(symfs, 'opt', 'inl'), { recursive: true });
  copyFileSync(dataPath('report', 'recorded-inlines.elf'), join(symfs, 'opt', 'inl', 'inlines'));
  const words = ['report', '--symfs', symfs, dataPath('report', 'recorded-inlines.data')];

  await t.test('expand, filter, zoom, annotate, quit', { timeout: 60_000 }, async (t) => {
    const tmux = new Tmux(t, 120, 30, words);
    const shown = await tmux.until(/_start$/);
    const text = rowsOf((await perfts(...words, '-g', 'none')).out);
    t.same(shown.filter((line) => /^[ +] {2,}\d/.test(line)).map((line) => line.slice(2)), text.map((line) => line.slice(2)), 'the rows of --stdio');
    tmux.press('E');
    await tmux.until(/^ {3}- _start/);
    tmux.press('C', '/');
    await tmux.until(/^Symbol to show/);
    tmux.press('s', 'h', 'u', 'f', 'Enter');
    await tmux.until(/^Samples: .*Symbol: shuf$/);
    tmux.press('d');
    await tmux.until(/DSO: inlines, Symbol: shuf$/);
    tmux.press('a');
    await tmux.until(/^shuffle {2}\/opt\/inl\/inlines/);
    tmux.press('q');
    await tmux.until(/DSO: inlines, Symbol: shuf$/);
    tmux.press('Escape');
    await tmux.until(/approx\.\): \d+, Symbol: shuf$/);
    tmux.resize(20, 10);
    await tmux.until(/^Symbol: shuf$/);
    tmux.resize(200, 50);
    await tmux.until(/approx\.\): \d+, Symbol: shuf$/);
    tmux.press('q');
    await tmux.until(/^status 0$/);
    const after = await tmux.until(/ icanon/);
    t.ok(after.some((line) => line.trim() === 'echo'), 'keys are shown again');
  });

  await t.test('ended from outside', { timeout: 60_000 }, async (t) => {
    for (const [signal, status] of [['SIGTERM', 143], ['SIGINT', 130]] as const) {
      const tmux = new Tmux(t, 80, 24, words, 'NO_COLOR=1');
      await tmux.until(/_start$/);
      process.kill(tmux.pid, signal);
      await tmux.until(new RegExp(`^status ${status}$`));
      t.ok(await tmux.until(/ icanon/), signal);
    }
    const dumb = new Tmux(t, 120, 24, words, 'TERM=dumb');
    t.ok(await dumb.until(/^status 0$/), 'text where the terminal can do nothing');
  });
});
