// The rules of validation as a whole: each cites a clause that SPEC.md has, everything that the readers notice is among them, and no
// input makes it throw, or keep more than the first places of each kind.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { PerftsError } from '../../src/bytes/errors.ts';
import { FIRST_FINDINGS, type Finding, Findings, type Rule } from '../../src/bytes/findings.ts';
import { type ByteSource, MemorySource } from '../../src/bytes/source.ts';
import { HEADER_CHECKS, RECORD_CHECKS } from '../../src/jit/validate/jitdump-checks.ts';
import * as jit from '../../src/jit/validate/reader-damage.ts';
import { LINE_CHECKS } from '../../src/jit/validate/validate-perf-map.ts';
import { FEATURE_NAMES } from '../../src/perfdata/features/feature-id.ts';
import { Features } from '../../src/perfdata/features/features.ts';
import { checkFeature } from '../../src/perfdata/validate/feature-checks.ts';
import * as perfdata from '../../src/perfdata/validate/reader-damage.ts';
import { validateRecording } from '../../src/perfdata/validate/validate-recording.ts';
import { randomOf, withChangedByte, withManyChanges, withShiftedPiece, cutOff } from '../end-to-end/damaging.ts';
import { fixture, projectRoot } from './recording.ts';
import { lineOf, rulesOfFiles, rulesOfRecords, validated } from './validating.ts';

/** The compiled or own sources below a folder of src. */
function sourcesOf(folder: string): string[] {
  const names = readdirSync(join(projectRoot(), 'src', folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(projectRoot(), 'src', folder, name), 'utf8'));
}

/** Rules that are written in code rather than in a table, as `code: '…', clause: '…'`. */
function writtenRules(): { readonly code: string; readonly clause: string }[] {
  return [...sourcesOf('perfdata/validate'), ...sourcesOf('jit/validate')].flatMap((text) =>
    [...text.matchAll(/code: '([^']+)',\s*clause: '([\d.]+)'/g)].map(([, code, clause]) => ({ code: code!, clause: clause! })));
}

const RULES: readonly Rule[] = [...rulesOfRecords(), ...rulesOfFiles(), ...HEADER_CHECKS, ...Object.values(RECORD_CHECKS).flat(), ...LINE_CHECKS, ...jit.READER_RULES.values()];

t.test('every rule cites a clause of SPEC.md', async (t) => {
  const spec = readFileSync(join(projectRoot(), 'SPEC.md'), 'utf8');
  const clauses = new Set([...spec.matchAll(/^(?:\| )?\*\*([\d.]+)\*\*/gm)].map(([, clause]) => clause!));
  t.ok(clauses.size > 300, `${clauses.size} clauses`);
  const cited = [...RULES, ...writtenRules(), ...FEATURE_NAMES.slice(1).map((_, index) => ({ code: 'a feature', clause: `3.2.${index + 1}` }))];
  t.ok(cited.length > 300);
  t.same([...new Set(cited.filter(({ clause }) => !clauses.has(clause)).map(({ code, clause }) => `${code}: ${clause}`))], []);
});

t.test('rules are said in one way', async (t) => {
  const odd = RULES.filter(({ says, code }) => !/^[A-Z][^.]*[^.]$/.test(says.replace(/[\w.]+\.dump|data\.N/g, '')) || !/^[a-z][\w-]*$/.test(code));
  t.same(odd.map(({ code, says }) => `${code}: ${says}`), [], 'a sentence without a full stop');
});

t.test('all that the readers notice is a rule', async (t) => {
  const codes = (folder: string): string[] => {
    const found = sourcesOf(folder).flatMap((text) => [...text.matchAll(/(?:damaged|#lose)\(\s*[`']([^`']+)[`']/g)].map(([, code]) => code!));
    return [...new Set(found)].filter((code) => code !== 'feature-${id}-damaged' && code !== 'build-id-cut').sort();
  };
  const ofPerfdata = new Set([...perfdata.READER_RULES.keys(), ...Object.keys(perfdata.FOUND_OTHERWISE)]);
  t.ok(codes('perfdata').length > 20);
  t.same(codes('perfdata').filter((code) => !ofPerfdata.has(code)), [], 'of perfdata/');
  const ofJit = new Set([...jit.READER_RULES.keys(), ...Object.keys(jit.FOUND_OTHERWISE)]);
  t.ok(codes('jit').length > 5);
  t.same(codes('jit').filter((code) => !ofJit.has(code)), [], 'of jit/');
  const known = new Set([...RULES, ...writtenRules()].map(({ code }) => code));
  for (const code of [...Object.values(perfdata.FOUND_OTHERWISE), ...Object.values(jit.FOUND_OTHERWISE)]) t.ok(known.has(code), `${code} is a rule`);
});

t.test('a feature that its reader cannot read does not decode here either', async (t) => {
  const whole = await featuresOf('file.data');
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Features.prototype)).filter(([, { get }]) => get !== undefined).map(([name]) => name as keyof Features);
  let broken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.integer({ min: 1, max: 1 << 30 }), ([id, payload], seed) => {
      const random = randomOf(seed);
      const damaged = random(2) === 0 ? cutOff(payload, random) : withChangedByte(payload.slice(), random);
      const diagnostics = new Diagnostics();
      const features = new Features(true, diagnostics);
      features.addPayload(7, whole.find(([other]) => other === 7)![1]);
      features.addPayload(id, damaged);
      for (const name of getters) void features[name];
      const isBroken = diagnostics.has(`feature-${id}-damaged`);
      if (isBroken) broken++;
      const rules: string[] = [];
      const decodes = checkFeature(id, damaged, true, 0, { cpus: features.cpuCounts?.available, eventCount: 1 }, ({ code }) => rules.push(code));
      return !isBroken || !decodes || rules.includes(`feature-${id}-empty`);
    }),
    { numRuns: 2000, seed: 1 },
  );
  t.ok(broken > 100, `${broken} payloads were broken`);
});

async function featuresOf(name: string): Promise<(readonly [number, Uint8Array])[]> {
  const { open } = await import('./recording.ts');
  const { features } = open(fixture(name));
  return features.ids().filter((id) => id !== 15 && id !== 19 && (features.payload(id)?.length ?? 0) > 0).map((id) => [id, features.payload(id)!] as const);
}

t.test('nothing throws, ends late or piles up', async (t) => {
  const started = Date.now();
  let runs = 0;
  let found = 0;
  for (const name of ['file', 'pipe', 'zstd', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'group', 'stat']) {
    const whole = fixture(`${name}.data`);
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomOf(seed * 7919 + whole.length);
      const bytes = [cutOff, withChangedByte, withManyChanges, withShiftedPiece][seed % 4]!(whole, random);
      let count = 0;
      const findings = new Findings(() => count++);
      try {
        await validateRecording({ sources: [new MemorySource(bytes)] }, findings);
        runs++;
      } catch (error) {
        if (!(error instanceof PerftsError)) throw new Error(`${name}, seed ${seed}: ${(error as Error).stack}`);
      }
      found += count;
      if (count !== findings.errors + findings.warnings) t.fail(`${name}, seed ${seed}: counts`);
      if (findings.groups().some((group) => group.first.length > FIRST_FINDINGS || group.count < group.first.length)) t.fail(`${name}, seed ${seed}: groups`);
    }
  }
  t.ok(runs > 250 && found > 1000, `${found} findings in ${runs} of 320 runs`);
  t.ok(Date.now() - started < 60_000);
});

t.test('a source that answers later says the same', async (t) => {
  const bytes = withManyChanges(fixture('zstd.data'), randomOf(11));
  const memory = new MemorySource(bytes);
  const later: ByteSource = { size: bytes.length, read: async (offset, length) => memory.read(offset, length) };
  const found: Finding[] = [];
  const records = await validateRecording({ sources: [later] }, new Findings((finding) => found.push(finding)));
  const atOnce = await validated(bytes);
  t.ok(found.length > 0);
  t.equal(records, atOnce.records);
  t.same(found.map(lineOf), atOnce.findings.map(lineOf));
});
