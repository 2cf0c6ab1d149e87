// A page in a real browser, for what only one can tell: Chromium without a window, driven through a pipe by the Chrome DevTools Protocol.
// PERFTS_CHROMIUM names the program; else the usual names are tried. Without one such tests are skipped by name.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Keys that are no letters, by their `key`, with their Windows key codes. */
const KEYS: Readonly<Record<string, number>> = { Enter: 13, Escape: 27, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Home: 36, Tab: 9, End: 35, PageDown: 34 };

/** The browser's path, if this machine has one. */
export function findChromium(): string | undefined {
  const named = process.env['PERFTS_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export class BrowserPage {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #session = '';
  #id = 0;
  #text = '';
  /** What the browser complained of in the page and its workers: errors of scripts, what a Content-Security-Policy refused. */
  readonly problems: string[] = [];

  private constructor(chromium: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'perfts-browser-'));
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions', '--hide-scrollbars', '--remote-debugging-pipe', `--user-data-dir=${this.#folder}`, 'about:blank'];
    this.#process = spawn(chromium, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true });
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (piece: string) => this.#read(piece));
  }

  /** A page that shows `url`, `width` pixels wide. */
  static async open(chromium: string, url: string, width: number, height: number): Promise<BrowserPage> {
    const page = new BrowserPage(chromium);
    const { targetId } = await page.#call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.#call('Target.attachToTarget', { targetId, flatten: true });
    page.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log']) await page.#call(`${domain}.enable`, {});
    await page.resize(width, height);
    await page.show(url);
    return page;
  }

  /** The window has another size, pixels. */
  async resize(width: number, height: number): Promise<void> {
    await this.#call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** Goes to another address, and waits until it is there. */
  async show(url: string): Promise<void> {
    await this.#call('Page.navigate', { url });
    for (let tries = 0; tries < 600; tries++) {
      if ((await this.evaluate('location.href !== "about:blank" && document.readyState === "complete"')) === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${url} does not load`);
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const reply = await this.#call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (reply['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(reply['exceptionDetails']));
    return (reply['result'] as { readonly value?: unknown }).value;
  }

  /** A key pressed and let go: a letter, or one of KEYS; with Shift held down. */
  async press(key: string, shift = false): Promise<void> {
    const code = KEYS[key];
    const text = code === undefined ? key : key === 'Enter' ? '\r' : undefined;
    const event = { key, modifiers: shift ? 8 : 0, windowsVirtualKeyCode: code ?? key.toUpperCase().charCodeAt(0), ...(text !== undefined && { text }) };
    await this.#call('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.#call('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** The pointer goes to a place, or from there to another with the button held down. */
  async move(x: number, y: number, toX?: number, toY: number = y): Promise<void> {
    await this.#call('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y, button: 'none' });
    if (toX === undefined) return;
    await this.#call('Input.dispatchMouseEvent', { type: 'mousePressed', x, y, button: 'left', clickCount: 1 });
    for (const share of [0.5, 1]) await this.#call('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x + (toX - x) * share, y: y + (toY - y) * share, button: 'left', buttons: 1 });
    await this.#call('Input.dispatchMouseEvent', { type: 'mouseReleased', x: toX, y: toY, button: 'left', clickCount: 1 });
  }

  /** Into what has the focus. */
  async type(text: string): Promise<void> {
    await this.#call('Input.insertText', { text });
  }

  async click(x: number, y: number): Promise<void> {
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased']) await this.#call('Input.dispatchMouseEvent', { type, x, y, button: type === 'mouseMoved' ? 'none' : 'left', clickCount: 1 });
  }

  /** Chooses files of this machine in a file input, as a person does in its dialog. */
  async chooseFiles(selector: string, paths: readonly string[]): Promise<void> {
    const { result } = (await this.#call('Runtime.evaluate', { expression: `document.querySelector(${JSON.stringify(selector)})` })) as { readonly result?: { readonly objectId?: string } };
    await this.#call('DOM.setFileInputFiles', { files: paths, objectId: result?.objectId });
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string, seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      // While the page goes to another address there is none to ask.
      if ((await this.evaluate(expression).catch(() => false)) === true) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`not within ${seconds} s: ${expression}`);
  }

  async useColours(scheme: 'light' | 'dark'): Promise<void> {
    await this.#call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  /** Ms of CPU that the page's thread has used since the first call. */
  async cpuTime(): Promise<number> {
    await this.#call('Performance.enable', { timeDomain: 'threadTicks' });
    const { metrics } = (await this.#call('Performance.getMetrics', {})) as { readonly metrics?: readonly { readonly name: string; readonly value: number }[] };
    return 1000 * (metrics?.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  }

  /** A PNG of what is seen. */
  async picture(): Promise<Buffer> {
    return Buffer.from(String((await this.#call('Page.captureScreenshot', { format: 'png' }))['data']), 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    const kill = setTimeout(() => process.kill(-this.#process.pid!, 'SIGKILL'), 5000);
    await this.#call('Browser.close', {}, '').catch(() => undefined);
    await ended;
    clearTimeout(kill);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #note({ method, params = {} }: Reply): void {
    if (method === 'Runtime.exceptionThrown') this.problems.push(JSON.stringify(params['exceptionDetails']));
    const entry = params['entry'] as { readonly level?: string; readonly text?: string } | undefined;
    if (method === 'Log.entryAdded' && entry?.level === 'error') this.problems.push(entry.text ?? '');
  }

  #call(method: string, params: object, sessionId = this.#session): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), 30_000);
      this.#waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...(sessionId !== '' && { sessionId }) })}\0`);
    });
  }

  #read(piece: string): void {
    const messages = (this.#text + piece).split('\0');
    this.#text = messages.pop()!;
    for (const message of messages) {
      const reply = JSON.parse(message) as Reply;
      if (reply.id === undefined) {
        this.#note(reply);
        continue;
      }
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    }
  }
}
