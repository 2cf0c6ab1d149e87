// Where a walk has been: per frame left, what its step needs to be taken again for the other registers. Plain steps move only
// pc, sp and fp; when a row asks for rbx or an expression for anything, row-step.ts catches up along the trail.

import { grown } from '../bytes/sorted.ts';

export class Trail {
  /** The frame's CFA: its caller's sp. */
  cfas: Float64Array = new Float64Array(256);
  /** The caller's fp. */
  fps: Float64Array = new Float64Array(256);
  /** Number of the table in the step cache, or OTHERS_STAY, OTHERS_LOST. */
  tables: Int32Array = new Int32Array(256);
  rows: Int32Array = new Int32Array(256);

  /** Makes room for the steps out of so many frames. */
  reserve(count: number): void {
    while (this.cfas.length < count) {
      this.cfas = grown(this.cfas);
      this.fps = grown(this.fps);
      this.tables = grown(this.tables);
      this.rows = grown(this.rows);
    }
  }

  /** Notes the step out of frame `index`, for which there is room. */
  set(index: number, cfa: number, fp: number, table: number, row: number): void {
    this.cfas[index] = cfa;
    this.fps[index] = fp;
    this.tables[index] = table;
    this.rows[index] = row;
  }
}
