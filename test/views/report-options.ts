// perf's words for the options that the recorded texts in testdata/report were made with, as far as they occur there.

import { parseFields, parseSortKeys } from '../../src/profile/report-keys.ts';
import type { CallGraphOptions, ReportViewOptions } from '../../src/views/report/options.ts';

/** The options of a command line of perf report. */
export function reportOptions(line: string): ReportViewOptions {
  const words = line.split(' ').filter((word) => word !== '');
  let options: ReportViewOptions = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const next = words[at + 1];
    const list = word.slice(word.indexOf('=') + 1).split(',');
    if (word === '--children') options = { ...options, children: true };
    else if (word === '--no-children') options = { ...options, children: false };
    else if (word === '-n') options = { ...options, showSamples: true };
    else if (word === '--latency') options = { ...options, latency: true };
    else if (word === '-q') options = { ...options, quiet: true };
    else if (word === '--sort' || word === '-s') options = { ...options, sort: parseSortKeys(words[++at]!) };
    else if (word === '-F') options = { ...options, fields: parseFields(words[++at]!) };
    else if (word === '--percentage') options = { ...options, percentage: words[++at] === 'relative' ? 'relative' : 'absolute' };
    else if (word === '--percent-limit') {
      const percentLimit = Number(words[++at]);
      options = { ...options, percentLimit };
      if (options.callGraph !== 'none') options = { ...options, callGraph: { ...bare(options.callGraph), minPercent: percentLimit } };
    } else if (word === '-g') {
      const isBare = next === undefined || next.startsWith('-');
      options = { ...options, callGraph: isBare ? { mode: 'graph', minPercent: 0.5, order: 'caller' } : callGraph(words[++at]!) };
    } else if (word.startsWith('--comms=')) options = { ...options, filter: { ...options.filter, comms: list } };
    else if (word.startsWith('--dsos=')) options = { ...options, filter: { ...options.filter, dsos: list } };
    else if (word.startsWith('--symbols=')) options = { ...options, filter: { ...options.filter, symbols: list } };
    else throw new Error(`unknown word ${word}`);
  }
  return options;
}

function bare(known: CallGraphOptions | 'none' | undefined): CallGraphOptions {
  return known === undefined || known === 'none' ? { mode: 'graph', minPercent: 0.5 } : known;
}

function callGraph(text: string): CallGraphOptions | 'none' {
  let options: CallGraphOptions = { mode: 'graph', minPercent: 0.5 };
  let numbers = 0;
  for (const word of text.split(',')) {
    if (word === 'none') return 'none';
    if (word === 'graph' || word === 'fractal' || word === 'flat' || word === 'folded') options = { ...options, mode: word };
    else if (word === 'caller' || word === 'callee') options = { ...options, order: word };
    else if (word === 'percent' || word === 'period' || word === 'count') options = { ...options, value: word };
    else if (numbers++ === 0) options = { ...options, minPercent: Number(word) };
    else options = { ...options, printLimit: Number(word) };
  }
  return options;
}
