// Is this the machine that recorded? Only then may its own files stand in for recorded ones (DESIGN, "Where files that belong
// to a recording are looked for"): same host name, and the same kernel, by build id where both are known, else by release.

import { readFileSync } from 'node:fs';
import { hostname, release, type } from 'node:os';
import { findBuildId } from '../elf/notes.ts';
import { sameBuildId } from '../symbols/build-id.ts';

/** What tells one machine, running one kernel, from another. '' for what is not known. */
export interface MachineIdentity {
  readonly hostName: string;
  /** `uname -r`. */
  readonly release: string;
  /** Hexadecimal. */
  readonly kernelBuildId: string;
}

/** Whether two identities are one machine. What is not known of either proves nothing: it must be known to agree. */
export function sameMachine(recorded: MachineIdentity, host: MachineIdentity): boolean {
  if (recorded.hostName === '' || recorded.hostName !== host.hostName) return false;
  if (recorded.kernelBuildId !== '' && host.kernelBuildId !== '') return sameBuildId(recorded.kernelBuildId, host.kernelBuildId);
  return recorded.release !== '' && recorded.release === host.release;
}

/** This machine, or undefined where perf cannot have recorded (no Linux). */
export function thisMachine(): MachineIdentity | undefined {
  if (type() !== 'Linux') return undefined;
  return { hostName: hostname(), release: release(), kernelBuildId: runningKernelBuildId() };
}

function runningKernelBuildId(): string {
  try {
    const notes = new Uint8Array(readFileSync('/sys/kernel/notes'));
    return findBuildId(notes, new Uint8Array(new Uint16Array([1]).buffer)[0] === 1, 4);
  } catch {
    return '';
  }
}
