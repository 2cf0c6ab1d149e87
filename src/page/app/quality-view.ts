// What recording this is, and how far it can be trusted.

import { visible } from '../../views/flamegraph/svg-text.ts';
import type { PageData } from '../data/page-data.ts';
import { unnamedSamples } from '../model/unnamed.ts';
import { samplesText, shareText } from './amounts.ts';
import { element } from './element.ts';

/** The block of data quality: its lines can be folded away, the first stays. */
export function qualityBlock(data: PageData): HTMLElement {
  const { samples, unnamed, functions } = unnamedSamples(data);
  const names = unnamed === 0 ? 'Every sampled function has a name.' : `${samplesText(unnamed)} of ${samples} (${shareText(unnamed, samples)}) were taken in code without names, in ${functions} ${functions === 1 ? 'module' : 'modules'}.`;
  const lines = [...data.quality.filter((line) => line.trim() !== ''), names];
  const first = (data.quality[0] ?? '').replace(/\.$/, '');
  const summary = ['Data quality', first, unnamed === 0 ? '' : `${shareText(unnamed, samples)} without names`].filter((word) => word !== '').join(' · ');
  return element('details', { class: 'quality', id: 'quality' },
    element('summary', { text: summary }),
    element('ul', {}, ...lines.map((text) => element('li', { text }))));
}

/** `perf.data · host · x86_64, 4 CPUs · Linux 6.18`, and the command under it. */
export function originLine({ origin }: PageData): HTMLElement {
  const { name, host, architecture, cpu, cpus, kernel, command, started } = origin;
  const machine = [cpu === '' ? architecture : cpu, cpus > 0 ? `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}` : ''].filter((word) => word !== '').join(', ');
  const when = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(started) ? started.slice(0, 16).replace('T', ' ') : '';
  const words = [host, machine, kernel === '' ? '' : `Linux ${kernel}`, when].filter((word) => word !== '');
  const line = element('div', { class: 'origin' }, element('strong', { text: name === '' ? 'recording' : name }), ...words.map((text) => element('span', { text })));
  if (command.length > 0) line.append(element('code', { text: command.join(' '), title: visible(command.join(' ')) }));
  return line;
}
