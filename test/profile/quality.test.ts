// What the block after a report counts, where one sample belongs to several events.

import t from 'tap';
import { Module } from '../../src/process/module.ts';
import type { CodeMap } from '../../src/profile/code-map.ts';
import { FrameTable } from '../../src/profile/frame-table.ts';
import { CpuMode } from '../../src/profile/profile.ts';
import { Quality } from '../../src/profile/quality.ts';
import { ResolvedSample, StackSource } from '../../src/profile/resolved-sample.ts';
import { madeProfile, NamedSymbols } from './made-profile.ts';

t.test('a sample of a group of counters is one sample', async (t) => {
  const frames = new FrameTable([new Module(0, 'file', '/usr/bin/python3.13', 'python3.13', '')], [new NamedSymbols(['f'])]);
  const nowhere = frames.unresolved(-1, 0x10, 0x10, 0);
  const f = frames.function(0, 0, 0x1000);
  const events = ['cycles', 'instructions', 'branches'];
  const profile = madeProfile(frames, events.flatMap((_, event) => [0, 1, 2, 3].map(() => ({ stack: [nowhere, f], event }))), events);
  const quality = new Quality({ contents: [] } as unknown as CodeMap);
  const sample = new ResolvedSample();
  sample.mode = CpuMode.User;
  sample.source = StackSource.FramePointers;
  for (let i = 0; i < 4; i++) quality.add(sample);
  const { samples, chains, chainsWithTail, python, pythonChainDepth } = quality.report(profile);
  t.same({ samples, chains, chainsWithTail, python, pythonChainDepth }, { samples: 4, chains: 4, chainsWithTail: 4, python: 4, pythonChainDepth: 2 });
});
