// The numbers of an AUXTRACE_INFO record by name, for the tracer whose numbers describe themselves: CoreSight (FORMAT 2.2). Those of
// other tracers are listed as they are.

import type { AuxtraceInfoRecord } from '../../perfdata/records/auxtrace.ts';

const CORESIGHT = 3;
/** What the description of each CPU's tracer begins with. */
const ETM_V4 = 0x4040404040404040n;
const ETE = 0x5050505050505050n;
const HEAD = ['Header version', 'PMU type/num cpus', 'Snapshot'];
const CPU_HEAD = ['Magic number', 'CPU', 'NR_TRC_PARAMS'];
const ETM_V4_PARAMETERS = ['TRCCONFIGR', 'TRCTRACEIDR', 'TRCIDR0', 'TRCIDR1', 'TRCIDR2', 'TRCIDR8', 'TRCAUTHSTATUS', 'TS_SOURCE'];
const ETE_PARAMETERS = [...ETM_V4_PARAMETERS.slice(0, -1), 'TRCDEVARCH', 'TS_SOURCE'];

/** One line for each number. */
export function auxtraceInfoLines(info: AuxtraceInfoRecord): string[] {
  return info.kind === CORESIGHT ? coresightLines(info.values) : info.values.map((value, i) => `  ${String(i).padStart(3)} ${value.toString(16)}`);
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
