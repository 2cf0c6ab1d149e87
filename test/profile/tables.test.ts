// The tables in columns that a walk fills: places, frames, stacks, tallies, the cache of addresses. Each is held against a plain Map,
// beyond the sizes at which its columns and slots grow.

import fc from 'fast-check';
import t from 'tap';
import { Module } from '../../src/process/module.ts';
import { AddressCache } from '../../src/profile/address-cache.ts';
import { FrameFlag, FrameTable } from '../../src/profile/frame-table.ts';
import { LocationTable } from '../../src/profile/location-table.ts';
import { StackTable } from '../../src/profile/stack-table.ts';
import { TallyTable } from '../../src/profile/tally-table.ts';
import type { SymbolTable } from '../../src/symbols/symbol-table.ts';
import { randomOf } from '../end-to-end/damaging.ts';

t.test('locations: found again by module, symbol and place, never mixed up', async (t) => {
  const table = new LocationTable();
  const model = new Map<string, number>();
  const random = randomOf(1);
  for (let i = 0; i < 20_000; i++) {
    const module = random(40) - 1;
    const symbol = random(300) - 1;
    // User addresses, kernel addresses, and stand-ins for what no double holds (multiples of 2^64).
    const relative = [random(2000), -(2 ** 31) + random(2000), 2 ** 64 * (1 + random(200)), 0x7fff_0000_0000 + random(2000)][random(4)]!;
    const key = `${module} ${symbol} ${relative}`;
    const known = table.find(module, symbol, relative);
    if (known !== (model.get(key) ?? -1)) t.fail(`${key}: ${known}`);
    if (known >= 0) continue;
    model.set(key, table.add(module, symbol, relative, i));
    const added = table.length - 1;
    if (table.module[added] !== module || table.symbol[added] !== symbol || table.relative[added] !== relative || table.frame[added] !== i) t.fail(key);
  }
  t.equal(table.length, model.size);
  t.ok([...model].every(([key, location]) => table.find(...(key.split(' ').map(Number) as [number, number, number])) === location));
  t.equal(table.find(39, 299, 12_345_678), -1);
});

t.test('stacks: one node for one chain, children behind their parents', async (t) => {
  const table = new StackTable();
  const nodes = new Map<string, number>();
  const random = randomOf(2);
  for (let i = 0; i < 3_000; i++) {
    let node = 0;
    let path = '';
    for (let depth = random(12); depth > 0; depth--) {
      const frame = random(depth * 3);
      const parent = node;
      node = table.child(parent, frame);
      path += ` ${frame}`;
      if ((nodes.get(path) ?? node) !== node || node <= parent || table.parent[node] !== parent || table.frame[node] !== frame) t.fail(path);
      nodes.set(path, node);
      if (table.depth[node] !== path.split(' ').length - 1) t.fail(`depth of ${path}`);
    }
  }
  t.equal(table.length, nodes.size + 1, 'and the empty chain');
  t.equal(new Set(nodes.values()).size, nodes.size);
  t.ok(table.length > 4096, `${table.length} nodes: columns and slots have grown`);
  t.same([table.parent[0], table.depth[0]], [0, 0]);
});

t.test('tallies: equal samples together, in the order in which they were first seen', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.integer({ min: -1, max: 4 }), fc.nat(5), fc.nat(6), fc.nat(1_000_000)), { maxLength: 700 }),
      (samples) => {
        const table = new TallyTable();
        const model = new Map<string, { samples: number; period: number }>();
        for (const [thread, comm, leaf, mode, stack, period] of samples) {
          table.count(thread, comm, leaf, mode, stack, period);
          const key = `${thread} ${comm} ${leaf} ${mode} ${stack}`;
          const sum = model.get(key) ?? { samples: 0, period: 0 };
          model.set(key, { samples: sum.samples + 1, period: sum.period + period });
        }
        const rows = Array.from({ length: table.length }, (_, row) => [
          `${table.thread[row]} ${table.comm[row]} ${table.leaf[row]} ${table.mode[row]} ${table.stack[row]}`,
          { samples: table.samples[row], period: table.period[row] },
        ]);
        return JSON.stringify(rows) === JSON.stringify([...model]);
      },
    ),
    { numRuns: 60 },
  );
  const large = new TallyTable();
  for (let i = 0; i < 5_000; i++) large.count(i % 50, 0, i % 7, 2, i, 1);
  for (let i = 0; i < 5_000; i++) large.count(i % 50, 0, i % 7, 2, i, 2);
  t.equal(large.length, 5_000, 'columns and slots grow');
  t.ok(large.period.subarray(0, 5_000).every((period) => period === 3));
});

t.test('the cache knows an address in its state only', async (t) => {
  const cache = new AddressCache();
  t.equal(cache.get(0, 0, 1), -1, 'states are positive: empty slots match none');
  cache.set(0x7f12, -5, 3, 77);
  t.equal(cache.get(0x7f12, -5, 3), 77);
  t.same([cache.get(0x7f12, -5, 4), cache.get(0x7f12, -4, 3), cache.get(0x7f13, -5, 3)], [-1, -1, -1]);
  cache.set(0x7f12, -5, 4, 78);
  t.same([cache.get(0x7f12, -5, 3), cache.get(0x7f12, -5, 4)], [-1, 78], 'one slot, the last word');
  const random = randomOf(3);
  const model = new Map<string, number>();
  for (let i = 0; i < 100_000; i++) {
    const [high, low, state] = [random(4) - 2, random(60_000) - 30_000, 1 + random(3)];
    const key = `${high} ${low} ${state}`;
    const found = cache.get(high, low, state);
    if (found >= 0 && found !== model.get(key)) t.fail(`${key}: ${found}, not ${model.get(key)}`);
    cache.set(high, low, state, i);
    model.set(key, i);
  }
});

/** Symbols of 16 bytes each, from 0 on; odd ones are data. */
const symbols: SymbolTable = {
  length: 8,
  find: (address) => (address >= 0 && address < 128 ? Math.floor(address / 16) : -1),
  start: (symbol) => symbol * 16,
  end: (symbol) => symbol * 16 + 16,
  name: (symbol) => `s${symbol}`,
  isObject: (symbol) => symbol % 2 === 1,
};

t.test('frames: a function is one, an address without a name is one', async (t) => {
  const modules = [new Module(0, 'kernel', '[kernel.kallsyms]', '[kernel.kallsyms]', ''), new Module(1, 'file', '/lib/a.so', 'a.so', '')];
  const table = new FrameTable(modules, [symbols, symbols]);
  const first = table.function(1, 2, 0x5020, 0);
  t.equal(table.function(1, 2, 0x502f, 15), first, 'wherever in the function');
  t.not(table.function(0, 2, 0x5020, 0), first, 'of another module');
  t.same([table.name(first), table.moduleName(first), table.start[first], table.end[first], table.address[first], table.offset[first], table.flags[first]], ['s2', 'a.so', 32, 48, 0x5020, 0, 0]);
  const data = table.function(0, 3, -16, 5);
  t.same([table.flags[data], table.offset[data]], [FrameFlag.Kernel | FrameFlag.Object, 5]);
  const unresolved = table.unresolved(1, 0x9000, 0x4000, 0);
  t.equal(table.unresolved(1, 0x9000, 0x4000, 0), unresolved);
  t.not(table.unresolved(-1, 0x9000, 0x9000, 0), unresolved, 'in no module');
  t.same([table.name(unresolved), table.symbol[unresolved], table.start[unresolved], table.end[unresolved]], ['', -1, 0x4000, 0x4000]);
  const nowhere = table.unresolved(-1, 0x1234, 0x1234, FrameFlag.NamelessJit);
  t.same([table.moduleName(nowhere), table.flags[nowhere]], [undefined, FrameFlag.NamelessJit]);
  const before = table.length;
  for (let i = 0; i < 3_000; i++) table.unresolved(1, 0x10_0000 + i * 8, i, 0);
  t.equal(table.length, before + 3_000);
  t.same([table.address[before + 2_999], table.name(first), table.unresolved(1, 0x10_0000 + 8, 1, 0)], [0x10_0000 + 2_999 * 8, 's2', before + 1], 'columns grow');
});
