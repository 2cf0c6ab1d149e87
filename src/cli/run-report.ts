// What `perfts report` does: opens the recording, sums it up, prints the report, and says on standard error how good the data is.

import { PerftsError } from '../bytes/errors.ts';
import { headerLines } from '../views/header.ts';
import { qualityLines } from '../views/quality-text.ts';
import { usualMemoryKeys, valuesOf, type ReportViewOptions } from '../views/report/options.ts';
import { hideUnresolved, ignoreCallees } from '../profile/changed-stacks.ts';
import type { ReportField } from '../profile/report-keys.ts';
import type { SampleValue } from '../profile/sample-values.ts';
import { pythonView } from '../profile/python/python-view.ts';
import { stacksProfile } from '../profile/stacks-profile.ts';
import { weightedStacks } from '../profile/weighted-stacks.ts';
import { isBranchKey, isPlaceKey, isTraceFieldKey } from '../profile/report-keys.ts';
import { pythonTimeLines } from '../views/python-time.ts';
import type { SampleFilter } from '../profile/tally-filter.ts';
import type { Profile, SampleDetail } from '../profile/profile.ts';
import { regrouped, withEvents } from '../profile/event-choice.ts';
import { waitLines } from '../views/waits-text.ts';
import type { CallGraph } from './call-graph-option.ts';
import { writeUnused } from './damage-lines.ts';
import { writeReport } from '../views/report/report.ts';
import { opensBrowser } from './opens-browser.ts';
import { shareHelpers } from '../node/share-helpers.ts';
import { openInput, openOptions } from './open-input.ts';
import type { ReportOptions } from './options.ts';
import { withTraceFields } from './report-fields.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** The columns of a report of Python's view. */
const PYTHON_FIELDS: readonly ReportField[] = ['comm', 'pid', 'tid', 'tgid', 'dso', 'symbol', 'overhead', 'overhead_children', 'latency', 'latency_children', 'sample', 'period'];

/** Runs the command; PerftsError for what cannot be done. */
export async function runReport(asked: ReportOptions, out: Output, err: Output): Promise<number> {
  if (asked.python) refuseUnlikePython(asked);
  const inBrowser = opensBrowser(asked.browser, out, onlyAsText(asked));
  const opened = await openInput(asked, err);
  const { recording } = opened;
  try {
    const { options, fields } = await withTraceFields(asked, recording);
    const header = options.header === 'none' ? undefined : [...headerLines(recording.file, { full: options.headerDetails, fileTime: opened.modified })];
    if (options.header === 'only') {
      for (const line of header ?? []) out.write(`${line}\n`);
      return 0;
    }
    const progress = new Progress(err);
    const onProgress = (share: number): void => progress.update('reading the recording', share, 1);
    const values = valuesFor(options);
    const { profile: whole, quality, waits } = await recording.profile({
      maxStack: options.maxStack,
      onProgress,
      derived: options.derived,
      weightField: options.weightField,
      detail: detailOf(options),
      inlines: options.inline,
      lines: showsLines(options),
      choice: { time: options.time, cpus: options.cpus, switches: options.switches },
      fullPaths: options.fullSourcePaths,
      values: values.length === 0 ? undefined : { values, timeQuantum: options.timeQuantum, fields },
      rawTraces: options.rawTrace,
      branchPlaces: fieldsOf(options).some(isPlaceKey),
      byWeight: options.memory,
      helpers: shareHelpers(options.input, openOptions(options, err), options.jobs),
    });
    progress.end();
    const profile = changed(chosenOf(whole, options), options);
    const python = options.python ? pythonView(weightedStacks(profile)) : undefined;
    const shown = python === undefined ? profile : stacksProfile(python);
    const view = viewOptions(options, header);
    if (inBrowser && shown.events.some((event) => event.samples > 0)) {
      const { browseReport } = await import('./terminal/browse-report.ts');
      await browseReport({ opened, profile: shown, quality, python, view }, out);
      return 0;
    }
    writeReport(shown, view, (text) => out.write(text));
    out.flush();
    if (!options.quiet) {
      for (const line of qualityLines(quality, recording.damage)) err.write(`${line}\n`);
      if (waits !== undefined) for (const line of waitLines(waits)) err.write(`${line}\n`);
      if (python !== undefined) for (const line of pythonTimeLines(python)) err.write(`${line}\n`);
    }
    writeUnused(opened.unusedJitdumps, err);
    return 0;
  } finally {
    opened.close();
  }
}

/** What is only to be had as text: the header and separated columns, as in perf, and trees of rows. */
function onlyAsText({ header, separator, hierarchy }: ReportOptions): string | undefined {
  return header !== 'none' ? '--header' : separator !== undefined ? '--field-separator' : hierarchy ? '--hierarchy' : undefined;
}

function changed(profile: Profile, { hideUnresolved: hides, ignoreCallees: callers }: ReportOptions): Profile {
  const shown = callers === undefined ? profile : ignoreCallees(profile, callers);
  return hides ? hideUnresolved(shown) : shown;
}

/** What the walk must keep of each sample, for columns and filters. */
function valuesFor(options: ReportOptions): SampleValue[] {
  const usual = options.memory && (options.sort === undefined || options.sort.addsToUsual) ? usualMemoryKeys() : [];
  const values = new Set(valuesOf([...usual, ...fieldsOf(options)]));
  if (options.socket !== undefined) values.add('socket');
  if (options.parallelism !== undefined) values.add('parallelism');
  return [...values];
}

/** Python's view is of functions: what tells rows apart by lines, branches or texts is not in it. */
function refuseUnlikePython(options: ReportOptions): void {
  const unlike = options.branches === true ? '--branch-stack' : fieldsOf(options).find((field) => PYTHON_FIELDS.includes(field) === false);
  if (unlike !== undefined) throw new PerftsError('PERFTS_USAGE', `--python shows functions, not ${unlike}`);
}

/** --event, --group. */
function chosenOf(whole: Profile, { events, group }: ReportOptions): Profile {
  const chosen = events === undefined ? whole : withEvents(whole, events);
  return group === undefined ? chosen : regrouped(chosen, group ? 'all' : 'none');
}

/** What the walk must keep for the columns asked for; undefined: what is usual for the recording. */
function detailOf(options: ReportOptions): SampleDetail | 'none' | undefined {
  if (options.python) return 'none';
  if (options.derived !== undefined) refuseUnlikeTime(options);
  if (options.memory) return 'none';
  if (options.branches === true) return 'branches';
  if (fieldsOf(options).includes('trace')) return 'trace';
  // Texts are not made where fields stand in their place.
  if (fieldsOf(options).some(isTraceFieldKey) && options.sort?.addsToUsual === false) return 'none';
  return options.branches === false ? 'none' : undefined;
}

/** Waits are no events of their own: what is said of these is not in them. */
function refuseUnlikeTime(options: ReportOptions): void {
  const unlike = options.branches === true ? '--branch-stack' : options.latency ? '--latency' : fieldsOf(options).find((field) => field === 'trace' || isBranchKey(field));
  if (unlike !== undefined) throw new PerftsError('PERFTS_USAGE', `--off-cpu and --wall show where time went, not ${unlike}`);
}

/** Whether rows are told apart by source lines. */
function showsLines(options: ReportOptions): boolean {
  return fieldsOf(options).some((field) => field === 'srcline' || field === 'srcfile' || field === 'srcline_from' || field === 'srcline_to');
}

function fieldsOf(options: ReportOptions): readonly ReportField[] {
  return [...(options.sort?.keys ?? []), ...(options.fields?.keys ?? [])];
}

function viewOptions(options: ReportOptions, header: readonly string[] | undefined): ReportViewOptions {
  const { callGraph: graph, parent, symbolFilter, separator, columnWidths, timeText, sortText } = options;
  return {
    ...(options.children !== undefined && { children: options.children }),
    ...callGraphOptions(graph, options),
    ...(options.sort !== undefined && { sort: options.sort.keys, addsToSort: options.sort.addsToUsual, sameLevel: options.sort.groups }),
    ...(options.fields !== undefined && { fields: options.fields.keys, addsToFields: options.fields.addsToUsual }),
    latency: options.latency,
    showSamples: options.showSamples,
    showPeriod: options.showPeriod,
    percentLimit: options.rowLimit ?? 0,
    filter: filterOf(options),
    ...(parent !== undefined && { parent }),
    ...(symbolFilter !== undefined && { symbolFilter }),
    ...(separator !== undefined && { separator }),
    ...(columnWidths !== undefined && { columnWidths }),
    ...(timeText !== undefined && { timeText }),
    ...(sortText !== undefined && { sortText }),
    memory: options.memory,
    showModes: options.showModes,
    nanoseconds: options.nanoseconds,
    hierarchy: options.hierarchy,
    showEmpty: options.showEmpty,
    ...(options.groupSort !== undefined && { groupSort: options.groupSort }),
    percentage: options.percentage,
    quiet: options.quiet,
    ...(header !== undefined && { headerLines: header }),
  };
}

function filterOf({ comms, dsos, symbols, pids, tids, socket, parallelism, excludeOther }: ReportOptions): SampleFilter {
  return {
    ...(comms !== undefined && { comms }),
    ...(dsos !== undefined && { dsos }),
    ...(symbols !== undefined && { symbols }),
    ...(pids !== undefined && { pids }),
    ...(tids !== undefined && { tids }),
    ...(socket !== undefined && { sockets: [socket] }),
    ...(parallelism !== undefined && { parallelism }),
    ...(excludeOther && { withParent: true }),
  };
}

/**
 * What -g, -G and --percent-limit come to. Nothing where none of them was given: only -g is an error in a recording without
 * chains.
 */
function callGraphOptions(graph: CallGraph, options: ReportOptions): Pick<ReportViewOptions, 'callGraph' | 'usualCallGraph'> {
  if (graph.type === 'none') return { callGraph: 'none' };
  const chosen = {
    mode: graph.type,
    minPercent: options.chainLimit,
    value: graph.value,
    ...(graph.order !== undefined && { order: graph.order }),
    ...(graph.printLimit !== undefined && { printLimit: graph.printLimit }),
  };
  return options.callGraphGiven ? { callGraph: chosen } : { usualCallGraph: chosen };
}
