// `perfts serve`: the recordings of a folder as pages, for browsers on this machine. It listens on the loopback address only, reads and never
// writes, opens nothing but what served-folder.ts lists, and answers only requests that know its random token, that name it as their host (a
// name that somebody has pointed at this address is another one), and that no page of another origin makes.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PerftsError } from '../bytes/errors.ts';
import { MAX_SERVED_WAITING } from '../bytes/limits.ts';
import { baseName } from '../bytes/recorded-path.ts';
import type { OpenedRecording } from './open-recording.ts';
import { emptyPage, recordingPage } from './page-file.ts';
import { LIST_POLICY, listPage } from './serve-pages.ts';
import { ServedFolder } from './served-folder.ts';
import { reasonOf } from './system-errors.ts';

const ADDRESS = '127.0.0.1';
const TOKEN_BYTES = 24;
const HTML = 'text/html; charset=utf-8';
/** For a request to come whole; a browser on the same machine needs no second. */
const REQUEST_MS = 10_000;
/** Of plain answers. */
const NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'";

export interface RecordingServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly maxStack?: number | undefined;
  readonly inlines?: boolean | undefined;
  readonly sources: boolean;
  readonly code: boolean;
  /** Opens a recording by its path. */
  readonly open: (path: string) => Promise<OpenedRecording>;
  /** Told of recordings that cannot be opened, in one line each. */
  readonly onTrouble: (message: string) => void;
}

/** What is answered. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly policy: string;
  readonly pieces: readonly string[];
}

export class RecordingServer {
  readonly #folder: ServedFolder;
  readonly #options: RecordingServerOptions;
  readonly #token: string = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #server: Server;
  /** The page that is being made: one at a time, since each takes a core and the recording's memory. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #port = 0;

  /** @throws PerftsError PERFTS_NO_FILE with one line for a folder that cannot be read. */
  constructor(folder: string, options: RecordingServerOptions) {
    this.#folder = new ServedFolder(folder);
    this.#options = options;
    this.#server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, keepAliveTimeout: REQUEST_MS }, (request, response) => void this.#answer(request, response));
    this.#server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy();
    });
  }

  /** Where the list is: whoever has this address may read the folder's recordings. */
  get address(): string {
    return `http://${ADDRESS}:${this.#port}/${this.#token}/`;
  }

  /** @throws PerftsError PERFTS_NO_FILE with one line where the port is taken. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(new PerftsError('PERFTS_NO_FILE', `cannot listen on ${ADDRESS}:${this.#options.port}: ${reasonOf(error)}`)));
      this.#server.listen(this.#options.port, ADDRESS, resolve);
    });
    const bound = this.#server.address();
    this.#port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  }

  /** Ends it, with all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => response.destroy());
    let answer: Answer;
    try {
      answer = await this.#answerTo(request, () => !response.destroyed);
    } catch (error) {
      // One line for what cannot be opened; nothing else is to be expected, and nothing of it goes out.
      const message = error instanceof PerftsError ? error.message : 'this recording cannot be shown';
      this.#options.onTrouble(error instanceof PerftsError ? message : `${message}: ${String(error)}`);
      answer = plain(500, message);
    }
    send(response, request.method === 'HEAD', answer);
  }

  async #answerTo(request: IncomingMessage, isWanted: () => boolean): Promise<Answer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'this server only shows');
    if (!this.#isOwn(request)) return plain(403, 'not for this page');
    const path = this.#pathOf(request.url ?? '');
    if (path === undefined) return plain(404, 'there is nothing here: open the whole address that perfts serve has printed');
    const [what, ...names] = path;
    const root = `/${this.#token}/`;
    if (what === '' && names.length === 0) return { status: 200, type: HTML, policy: LIST_POLICY, pieces: [listPage(this.#folder.name, root, this.#folder.list())] };
    if (what === 'open' && names.length === 0) return pageAnswer([emptyPage()]);
    const found = what === 'view' && names.length > 0 ? this.#folder.find(names.join('/')) : undefined;
    if (found === undefined) return plain(404, 'there is no such recording in this folder any more');
    if (request.method === 'HEAD') return pageAnswer([]);
    return await this.#inTurn(isWanted, async () => pageAnswer(await this.#pageOf(found.path, found.name)));
  }

  async #pageOf(path: string, name: string): Promise<readonly string[]> {
    const { open, maxStack, inlines, sources, code } = this.#options;
    const opened = await open(path);
    try {
      return (await recordingPage(opened.recording, { name: baseName(name), modified: opened.modified, maxStack, inlines, sources, code })).pieces;
    } finally {
      opened.close();
    }
  }

  /** One after the other, and only for those who still wait. */
  async #inTurn(isWanted: () => boolean, make: () => Promise<Answer>): Promise<Answer> {
    if (this.#waiting >= MAX_SERVED_WAITING) return plain(503, 'too many recordings at a time');
    this.#waiting++;
    const before = this.#last;
    const own = before.then(() => (isWanted() ? make() : plain(503, '')));
    this.#last = own.catch(() => undefined);
    try {
      return await own;
    } finally {
      this.#waiting--;
    }
  }

  /** Whether a request names this server as its host, and comes from nobody, or from a page of its own. */
  #isOwn({ headers, headersDistinct }: IncomingMessage): boolean {
    const hosts = [`${ADDRESS}:${this.#port}`, `localhost:${this.#port}`];
    const host = headers.host ?? '';
    if (!hosts.includes(host) || headersDistinct['host']?.length !== 1) return false;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'none' && site !== 'same-origin') return false;
    return headers.origin === undefined || headers.origin === `http://${host}`;
  }

  /** The names behind the token; undefined where the token is another one, or the address is none. */
  #pathOf(url: string): string[] | undefined {
    const [path = ''] = url.split(/[?#]/, 1);
    const [empty, token, ...names] = path.split('/');
    if (empty !== '' || token === undefined || names.length === 0 || !this.#isToken(token)) return undefined;
    try {
      return names.map(decodeURIComponent);
    } catch {
      return undefined;
    }
  }

  /** In a time that says nothing of how much of it was right. */
  #isToken(text: string): boolean {
    const given = Buffer.from(text);
    const own = Buffer.from(this.#token);
    return given.length === own.length && timingSafeEqual(given, own);
  }
}

function plain(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', policy: NOTHING_POLICY, pieces: [`${text}\n`] };
}

/** The page brings its policy along; here it is also said who may frame it. */
function pageAnswer(pieces: readonly string[]): Answer {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(pieces[0] ?? '')?.[1];
  return { status: 200, type: HTML, policy: policy === undefined ? NOTHING_POLICY : `${policy}; frame-ancestors 'none'`, pieces };
}

function send(response: ServerResponse, isHead: boolean, { status, type, policy, pieces }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(status === 405 && { Allow: 'GET, HEAD' }),
  });
  if (!isHead) for (const piece of pieces) response.write(piece);
  response.end();
}
