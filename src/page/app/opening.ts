// How recordings get into the page: dropped anywhere on it, files or folders, or chosen in the browser's dialog. With progress, and errors
// as one sentence.

import { button, element } from './element.ts';

/** Files of a dropped folder that are taken along: a file system has more, and none that a recording needs. */
const MOST_FILES = 20_000;

/** Everything in a drop, folders with what is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null || entry.isFile)) return [...transfer.files];
  const files: File[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  const take = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isDirectory) folders.push(entry as FileSystemDirectoryEntry);
    else if (files.length < MOST_FILES) files.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
  };
  for (const entry of entries) if (entry !== null) await take(entry);
  for (let folder = folders.pop(); folder !== undefined && files.length < MOST_FILES; folder = folders.pop()) {
    const reader = folder.createReader();
    // A folder is told in pieces; an empty one is its end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) break;
      for (const entry of some) await take(entry);
    }
  }
  return files;
}

/** Hands on what is dropped on the window. */
export function takeDrops(onFiles: (files: readonly File[]) => void, onError: (text: string) => void): void {
  let depth = 0;
  const over = (isOver: boolean): void => {
    document.documentElement.classList.toggle('dropping', isOver);
  };
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth++;
    over(true);
  });
  document.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) over(false);
  });
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    depth = 0;
    over(false);
    if (event.dataTransfer === null || !hasFiles(event)) return;
    event.preventDefault();
    droppedFiles(event.dataTransfer).then((files) => {
      if (files.length > 0) onFiles(files);
      else onError('There are no files in what was dropped.');
    }, () => onError('What was dropped cannot be read.'));
  });
}

/** A button that opens the browser's dialog. */
export function openButton(text: string, id: string, onFiles: (files: readonly File[]) => void): HTMLElement {
  const input = element('input', { type: 'file', multiple: '', id, class: 'unseen', tabindex: '-1', 'aria-label': text });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // The same files again are an opening too.
    input.value = '';
    if (files.length > 0) onFiles(files);
  });
  return element('span', { class: 'open' }, button(text, { class: 'primary' }, () => input.click()), input);
}

/** What a page without a recording says. */
export function startScreen(open: HTMLElement): HTMLElement {
  const item = (name: string, text: string): HTMLElement => element('li', {}, element('code', { text: name }), element('span', { text }));
  return element('div', { class: 'start' },
    element('h1', { text: 'perfts' }),
    element('p', { class: 'lead', text: 'Drop a recording of perf anywhere on this page, together with the files that belong to it.' }),
    open,
    element('ul', {},
      item('perf.data', 'the recording, as perf record wrote it'),
      item('*.perfts', 'or an archive of perfts, which has everything in it'),
      item('jit-*.dump', 'what a JIT wrote beside it: CPython with -X perf_jit, V8, Java'),
      item('perf-*.map', 'or its names only: CPython with -X perf'),
      item('programs and libraries', 'the ELF files that ran, or their folder: for names, call stacks, source lines'),
      item('kallsyms', 'a copy of /proc/kallsyms, for the kernel’s names')),
    element('p', { class: 'private', text: 'All of it is read in your browser. Nothing is sent anywhere: this page has no way to.' }));
}

/** The strip that tells how far an opening is, or why it failed. */
export class OpeningStrip {
  readonly element: HTMLElement;
  readonly #words = element('span', { class: 'opening-words', role: 'status' });
  readonly #bar = element('progress', { max: '1', 'aria-label': 'Opening' });
  readonly #error = element('p', { class: 'opening-error', id: 'error', role: 'alert' });
  readonly #close: HTMLButtonElement;

  constructor() {
    this.#close = button('Dismiss', {}, () => this.done());
    this.element = element('div', { class: 'opening', id: 'opening' }, this.#words, this.#bar, this.#error, this.#close);
    this.done();
  }

  progress(text: string, share: number): void {
    this.element.hidden = false;
    this.#error.hidden = this.#close.hidden = true;
    this.#bar.hidden = this.#words.hidden = false;
    this.#words.textContent = text;
    this.#bar.value = Math.max(0, Math.min(1, share));
  }

  fail(text: string): void {
    this.element.hidden = false;
    this.#bar.hidden = this.#words.hidden = true;
    this.#error.hidden = this.#close.hidden = false;
    this.#error.replaceChildren(element('span', { text }));
  }

  done(): void {
    this.element.hidden = true;
  }
}
