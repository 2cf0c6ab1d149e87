// Feature payloads in the other byte order (FORMAT 1.3, 2.5). Payloads of features that are not known stay as they are.

import { FeatureId } from '../features/feature-id.ts';
import { swapAttr } from './swap-attr.ts';
import { SwapCursor } from './swap-cursor.ts';

/** Where a bpf_prog_info says the places of its arrays in the data behind it, and how long they are. */
const BPF_ARRAYS = { ksymsCount: 104, lengthsCount: 108, ksyms: 112, lengths: 120 } as const;

/** Turns a payload in place. `cpuCount`: the available CPUs, as NRCPUS says; CPU_TOPOLOGY cannot be read without. */
export function swapFeature(id: number, payload: Uint8Array, littleEndian: boolean, cpuCount: number): void {
  const cursor = new SwapCursor(payload, littleEndian);
  switch (id) {
    case FeatureId.BuildId:
      while (cursor.left >= 8) {
        const start = cursor.at;
        cursor.u32();
        cursor.u16();
        const size = cursor.u16();
        cursor.u32();
        if (size < 12) return;
        cursor.at = Math.min(start + size, cursor.end);
      }
      return;
    case FeatureId.Hostname:
    case FeatureId.OsRelease:
    case FeatureId.Version:
    case FeatureId.Arch:
    case FeatureId.CpuDesc:
    case FeatureId.CpuId:
      return text(cursor);
    case FeatureId.NrCpus:
    case FeatureId.Compressed:
    case FeatureId.EMachine:
    case FeatureId.ClnSize:
      return cursor.u32s(Infinity);
    case FeatureId.TotalMem:
    case FeatureId.Auxtrace:
    case FeatureId.SampleTime:
    case FeatureId.MemTopology:
    case FeatureId.Clockid:
    case FeatureId.DirFormat:
      return cursor.u64s();
    case FeatureId.Cmdline:
      return texts(cursor);
    case FeatureId.EventDesc:
      return eventDesc(cursor);
    case FeatureId.CpuTopology:
      texts(cursor);
      texts(cursor);
      if (cursor.left >= cpuCount * 8) cursor.u32s(cpuCount * 2);
      texts(cursor);
      return cursor.u32s(Infinity);
    case FeatureId.NumaTopology:
      return items(cursor, () => {
        cursor.u32();
        cursor.u64s(2);
        text(cursor);
      });
    case FeatureId.PmuMappings:
      return items(cursor, () => {
        cursor.u32();
        text(cursor);
      });
    case FeatureId.GroupDesc:
      return items(cursor, () => {
        text(cursor);
        cursor.u32s(2);
      });
    case FeatureId.Cache:
      cursor.u32();
      return items(cursor, () => {
        cursor.u32s(4);
        for (let i = 0; i < 3; i++) text(cursor);
      });
    case FeatureId.BpfProgInfo:
      return items(cursor, () => bpfProgram(cursor));
    case FeatureId.BpfBtf:
      return items(cursor, () => {
        cursor.u32();
        cursor.skip(cursor.u32());
      });
    case FeatureId.CpuPmuCaps:
      return items(cursor, () => twoTexts(cursor));
    case FeatureId.ClockData:
      cursor.u32s(2);
      return cursor.u64s(2);
    case FeatureId.HybridTopology:
      return items(cursor, () => twoTexts(cursor));
    case FeatureId.PmuCaps:
      return items(cursor, () => {
        items(cursor, () => twoTexts(cursor));
        text(cursor);
      });
    case FeatureId.CpuDomainInfo:
      return cpuDomains(cursor);
  }
}

function text(cursor: SwapCursor): void {
  cursor.skip(cursor.u32());
}

function twoTexts(cursor: SwapCursor): void {
  text(cursor);
  text(cursor);
}

function texts(cursor: SwapCursor): void {
  items(cursor, () => text(cursor));
}

/** A count, then that many items; a count beyond what is there ends with it. */
function items(cursor: SwapCursor, item: () => void): void {
  for (let left = cursor.u32(); left > 0 && cursor.left > 0; left--) item();
}

function eventDesc(cursor: SwapCursor): void {
  const count = cursor.u32();
  const attrSize = cursor.u32();
  for (let left = count; left > 0 && cursor.left > 0; left--) {
    swapAttr(cursor, attrSize);
    const ids = cursor.u32();
    text(cursor);
    cursor.u64s(ids);
  }
}

/** perf turns none of this round; here what readers use is: the addresses and lengths of the machine code's parts. */
function bpfProgram(cursor: SwapCursor): void {
  const infoLength = cursor.u32();
  const dataLength = cursor.u32();
  cursor.u64();
  const start = cursor.at;
  const data = start + infoLength;
  const end = Math.min(data + dataLength, cursor.end);
  if (data > cursor.end) {
    cursor.at = cursor.end;
    return;
  }
  const info = new SwapCursor(cursor.bytes, cursor.littleEndian, start, data);
  const view = new DataView(cursor.bytes.buffer, cursor.bytes.byteOffset + start, infoLength);
  const has = infoLength >= BPF_ARRAYS.lengths + 8;
  const u32 = (offset: number): number => (has ? view.getUint32(offset, cursor.littleEndian) : 0);
  const place = (offset: number): number => (has ? Number(view.getBigUint64(offset, cursor.littleEndian)) : 0);
  const arrays = { ksyms: place(BPF_ARRAYS.ksyms), ksymsCount: u32(BPF_ARRAYS.ksymsCount), lengths: place(BPF_ARRAYS.lengths), lengthsCount: u32(BPF_ARRAYS.lengthsCount) };
  info.u32s(2); // type, id
  info.skip(8); // tag
  info.u32s(2); // lengths of the code
  info.u64s(3); // its places, load time
  info.u32s(2); // user, number of maps
  info.u64s(1);
  info.skip(16); // name
  info.u32s(2); // ifindex, gpl_compatible
  info.u64s(2); // netns
  info.u32s(2); // numbers of ksyms and lengths
  info.u64s(2);
  info.u32s(2); // btf_id, func_info_rec_size
  info.u64s(1);
  info.u32s(2); // numbers of func_info and line_info
  info.u64s(2);
  info.u32s(4); // nr_jited_line_info, two record sizes, nr_prog_tags
  info.u64s(4); // prog_tags, run_time_ns, run_cnt, recursion_misses
  info.u32s(Infinity);
  if (has) {
    new SwapCursor(cursor.bytes, cursor.littleEndian, Math.min(data + arrays.ksyms, end), end).u64s(arrays.ksymsCount);
    new SwapCursor(cursor.bytes, cursor.littleEndian, Math.min(data + arrays.lengths, end), end).u32s(arrays.lengthsCount);
  }
  cursor.at = end;
}

/** From version 17 of the kernel's statistics on, domains have names. */
const NAMED_DOMAINS = 17;

function cpuDomains(cursor: SwapCursor): void {
  const version = cursor.u32();
  cursor.u32();
  while (cursor.left >= 8) {
    cursor.u32();
    items(cursor, () => {
      cursor.u32();
      if (version >= NAMED_DOMAINS) text(cursor);
      twoTexts(cursor);
    });
  }
}
