// The call graph of one row as lines that fold, as perf's browser shows it: the first name of a run of frames holds its percentage and
// the rest of the run, the last one what branches off there.
//
//   - 23.31% irqentry_exit_to_user_mode       first of a run of one: unfolds to the branches
//      + 10.31% schedule
//   - 3.44% asm_sysvec_apic_timer_interrupt   first of a run of three: unfolds to the other two
//        sysvec_apic_timer_interrupt
//      + __irq_exit_rcu                       last of it: unfolds to the branches

import type { CallNode } from '../../profile/call-tree.ts';

export interface ChainLine {
  readonly node: CallNode;
  /** Index in the FrameTable. */
  readonly frame: number;
  /** 1 for what begins a chain. */
  readonly depth: number;
  /** What unfolds here: the rest of a run, or the branches at its end; undefined: nothing. */
  readonly fold: Fold | undefined;
  readonly isOpen: boolean;
  /** Whether the line says the node's share. */
  readonly hasValue: boolean;
  /** The node that this one's share is of, where shares are of their callers'; undefined: of the row. */
  readonly above: CallNode | undefined;
}

/** Bits of what is unfolded of a node. */
export const Fold = { First: 1, Last: 2 } as const;
export type Fold = (typeof Fold)[keyof typeof Fold];

export class RowChains {
  readonly #top: readonly CallNode[];
  /** Whether one chain is all of the row: its share is the row's own. */
  readonly #isWhole: boolean;
  readonly #open = new Map<CallNode, number>();
  /** Whether everything is unfolded but what is noted as folded. */
  #allOpen = false;
  #lines: readonly ChainLine[] | undefined;

  /** `top`: where chains begin; `rowPeriod`: what the row's first column shows. */
  constructor(top: readonly CallNode[], rowPeriod: number) {
    this.#top = top;
    this.#isWhole = top.length === 1 && top[0]!.period === rowPeriod;
  }

  get isEmpty(): boolean {
    return this.#top.length === 0;
  }

  get lines(): readonly ChainLine[] {
    return (this.#lines ??= this.#flattened());
  }

  /** Unfolds or folds a line's own level; what lies deeper stays as it was. */
  toggle({ node, fold }: ChainLine): void {
    if (fold === undefined) return;
    this.#open.set(node, this.#bits(node) ^ fold);
    this.#lines = undefined;
  }

  setAll(isOpen: boolean): void {
    this.#allOpen = isOpen;
    this.#open.clear();
    this.#lines = undefined;
  }

  #bits(node: CallNode): number {
    return this.#open.get(node) ?? (this.#allOpen ? Fold.First | Fold.Last : 0);
  }

  #flattened(): ChainLine[] {
    const lines: ChainLine[] = [];
    // To be taken from the end.
    const pending: { readonly node: CallNode; readonly depth: number; readonly above: CallNode | undefined }[] = [];
    const push = (nodes: readonly CallNode[], depth: number, above: CallNode | undefined): void => {
      for (let i = nodes.length - 1; i >= 0; i--) pending.push({ node: nodes[i]!, depth, above });
    };
    push(this.#top, 1, undefined);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, depth, above } = next;
      const { frames, children } = node;
      const bits = this.#bits(node);
      const isFirstOpen = (bits & Fold.First) !== 0;
      const isWhole = this.#isWhole && depth === 1;
      lines.push({ node, frame: frames[0]!, depth, fold: frames.length > 1 || children.length > 0 ? Fold.First : undefined, isOpen: isFirstOpen, hasValue: !isWhole, above });
      if (!isFirstOpen) continue;
      for (let i = 1; i < frames.length; i++) {
        const branches = i === frames.length - 1 && children.length > 0;
        lines.push({ node, frame: frames[i]!, depth: depth + 1, fold: branches ? Fold.Last : undefined, isOpen: branches && (bits & Fold.Last) !== 0, hasValue: false, above });
      }
      // Below what is all of the row, shares are of the row.
      if (frames.length === 1) push(children, depth + 1, isWhole ? undefined : node);
      else if ((bits & Fold.Last) !== 0) push(children, depth + 2, isWhole ? undefined : node);
    }
    return lines;
  }
}
