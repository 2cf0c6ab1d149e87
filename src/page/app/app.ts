// The page: a recording that it holds or that is opened in it, light or dark.

import type { PageData } from '../data/page-data.ts';
import type { PageStart } from '../data/page-start.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import { element } from './element.ts';
import { openButton, OpeningStrip, startScreen, takeDrops } from './opening.ts';
import { RecordingPage } from './recording-page.ts';
import { themeSwitch } from './theme.ts';

/** Shows the page in an element. */
export function showPage(root: HTMLElement, page: PageStart): void {
  const strip = new OpeningStrip();
  const main = element('main');
  const theme = element('button', { type: 'button', id: 'theme', class: 'theme' });
  let recording: RecordingPage | undefined;
  let opening = 0;

  const show = async (data: PageData, mine: number): Promise<void> => {
    const made = new RecordingPage(data);
    recording?.end();
    recording = made;
    main.replaceChildren(made.element);
    document.title = `${visible(data.origin.name === '' ? 'recording' : data.origin.name)} – perfts`;
    await made.start();
    if (mine === opening) strip.done();
  };
  /** The newest one wins. */
  const follow = async (words: string, open: (progress: (text: string, share: number) => void) => Promise<PageData>): Promise<void> => {
    const mine = ++opening;
    const progress = (text: string, share: number): void => {
      if (mine === opening) strip.progress(visible(text), share);
    };
    progress(words, 0);
    try {
      const data = await open(progress);
      if (mine === opening) await show(data, mine);
    } catch (error) {
      if (mine !== opening) return;
      strip.fail(error instanceof Error && error.message !== '' ? error.message : 'This cannot be opened.');
      if (recording === undefined) main.replaceChildren(startScreen(openButton('Open files…', 'start-files', openFiles)));
    }
  };
  const openFiles = (files: readonly File[]): void => void follow('Opening', (progress) => page.open(files, progress));

  const header = element('header', { class: 'top' }, element('span', { class: 'mark', text: 'perfts' }), strip.element, element('span', { class: 'push' }), openButton('Open…', 'files', openFiles), theme);
  root.replaceChildren(header, main);
  themeSwitch(theme, () => recording?.session.redraw());
  takeDrops(openFiles, (text) => strip.fail(text));
  const { data } = page;
  if (data !== undefined) void follow('Reading the recording in this page', () => data);
  else main.replaceChildren(startScreen(openButton('Open files…', 'start-files', openFiles)));
}
