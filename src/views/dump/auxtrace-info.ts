// The numbers of an AUXTRACE_INFO record by name (FORMAT 2.2), as far as perf names them. Those of other tracers are listed as they are.

import { decodeText } from '../../bytes/text.ts';
import type { AuxtraceInfoRecord } from '../../perfdata/records/auxtrace.ts';
import { TraceKind } from '../../perfdata/records/auxtrace.ts';

/** What the description of each CPU's tracer begins with. */
const ETM_V4 = 0x4040404040404040n;
const ETE = 0x5050505050505050n;
const HEAD = ['Header version', 'PMU type/num cpus', 'Snapshot'];
const CPU_HEAD = ['Magic number', 'CPU', 'NR_TRC_PARAMS'];
const ETM_V4_PARAMETERS = ['TRCCONFIGR', 'TRCTRACEIDR', 'TRCIDR0', 'TRCIDR1', 'TRCIDR2', 'TRCIDR8', 'TRCAUTHSTATUS', 'TS_SOURCE'];
const ETE_PARAMETERS = [...ETM_V4_PARAMETERS.slice(0, -1), 'TRCDEVARCH', 'TS_SOURCE'];

/** Of these numbers, those that are bits of a register are shown in hexadecimal. */
const INTEL_PT: readonly string[] = [
  'PMU Type', 'Time Shift', 'Time Multiplier', 'Time Zero', 'Cap Time Zero', 'TSC bit', 'NoRETComp bit', 'Have sched_switch',
  'Snapshot mode', 'Per-cpu maps', 'MTC bit', 'MTC freq bits', 'TSC:CTC numerator', 'TSC:CTC denominator', 'CYC bit', 'Max non-turbo ratio',
];
const INTEL_BTS: readonly string[] = ['PMU Type', 'Time Shift', 'Time Multiplier', 'Time Zero', 'Cap Time Zero', 'Snapshot mode'];
const PMU_ONLY: readonly string[] = ['PMU Type'];
const SPE_OLD: readonly string[] = ['PMU Type', 'Per CPU mmaps'];
const SPE_HEAD: readonly string[] = ['Header version', 'Header size', 'PMU type v2', 'CPU number'];
const SPE_CPU: readonly string[] = ['Magic', 'CPU #', 'Num of params'];
const SPE_PARAMETERS: readonly string[] = ['MIDR', 'PMU Type', 'Min Interval', 'Event Filter'];
/** Versions of the description of SPE: the first had no header. */
const SPE_WITH_HEADER = 2n;
const IN_HEXADECIMAL = / bits?$|^Magic$|^MIDR$|^Event Filter$/;

/** One line for each number. */
export function auxtraceInfoLines({ kind, values }: AuxtraceInfoRecord): string[] {
  switch (kind) {
    case TraceKind.IntelPt: return intelPtLines(values);
    case TraceKind.IntelBts: return INTEL_BTS.slice(0, values.length).map((name, i) => named(name, values[i]!, 19));
    case TraceKind.CoreSight: return coresightLines(values);
    case TraceKind.ArmSpe: return speLines(values);
    case TraceKind.S390Sampling: return [];
    case TraceKind.HisiPtt:
    case TraceKind.VpaDtl: return PMU_ONLY.slice(0, values.length).map((name, i) => named(name, values[i]!, 19));
    default: return values.map((value, i) => `  ${String(i).padStart(3)} ${value.toString(16)}`);
  }
}

function named(name: string, value: bigint, width: number): string {
  return `  ${name.padEnd(width)}${IN_HEXADECIMAL.test(name) && value !== 0n ? `0x${value.toString(16)}` : signedPmu(name, value)}`;
}

/** perf numbers PMUs from -1 on. */
function signedPmu(name: string, value: bigint): bigint {
  return name.startsWith('PMU') ? BigInt.asIntN(64, value) : value;
}

function intelPtLines(values: readonly bigint[]): string[] {
  const lines = INTEL_PT.slice(0, values.length).map((name, i) => named(name, values[i]!, 20));
  const length = values[INTEL_PT.length];
  if (length === undefined) return lines;
  lines.push(named('Filter string len.', length, 20));
  // A text of that many bytes and its zero, filled up to whole words; none where it is empty.
  const text = values.slice(INTEL_PT.length + 1);
  const words = length === 0n ? 0 : Number(length / 8n) + 1;
  if (words > text.length) return lines;
  const bytes = new Uint8Array(words * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < words; i++) view.setBigUint64(i * 8, text[i]!, true);
  lines.push(`  ${'Filter string'.padEnd(20)}${decodeText(bytes, 0, bytes.length)}`);
  if (text[words] !== undefined) lines.push(named('Cap Event Trace', text[words]!, 20));
  return lines;
}

function speLines(values: readonly bigint[]): string[] {
  const line = (name: string, value: bigint, width: number): string =>
    `${name.padEnd(width)}:${IN_HEXADECIMAL.test(name) ? `0x${value.toString(16)}` : signedPmu(name, value)}`;
  const old = values.length <= SPE_OLD.length || BigInt.asIntN(64, values[0]!) < SPE_WITH_HEADER;
  const head = (old ? SPE_OLD : SPE_HEAD).slice(0, values.length);
  const lines = head.map((name, i) => `  ${line(name, values[i]!, 19)}`);
  let at = old ? values.length : Math.max(SPE_HEAD.length, Number(values[1] ?? 0n));
  const take = (name: string): void => {
    if (at < values.length) lines.push(`    ${line(name, values[at]!, 17)}`);
    at++;
  };
  for (let left = values[3] ?? 0n; left > 0n && at < values.length; left--) {
    for (const name of SPE_CPU) take(name);
    const end = at + Number(values[at - 1] ?? 0n);
    for (const name of SPE_PARAMETERS) if (at < end) take(name);
    at = end;
  }
  return lines;
}

function coresightLines(values: readonly bigint[]): string[] {
  const lines: string[] = [];
  let at = 0;
  const take = (name: string, value = values[at]): void => {
    at++;
    if (value !== undefined) lines.push(`\t${name}${'\t'.repeat(Math.max(1, 3 - Math.floor(name.length / 8)))}       ${value.toString(16)}`);
  };
  for (const name of HEAD) take(name);
  while (at < values.length) {
    const magic = values[at];
    const names = magic === ETE ? ETE_PARAMETERS : magic === ETM_V4 ? ETM_V4_PARAMETERS : [];
    for (const name of CPU_HEAD) take(name);
    const count = Math.min(Number(values[at - 1] ?? 0n), values.length - at);
    for (let i = 0; i < count; i++) take(names[i] ?? `Unknown parameter ${i}`);
  }
  return lines;
}
