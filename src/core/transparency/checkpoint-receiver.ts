import type { WitnessProblem } from './log-findings.words.js';
import type { Checkpoint } from './log-tree.js';

/** A CheckpointReceiver is somebody outside who keeps checkpoints, so that nothing before them can be taken back unseen. */
export interface CheckpointReceiver {
  readonly name: string;
  /** What is said when it does not answer. */
  readonly away: WitnessProblem;
  /**
   * Hands a checkpoint over, and returns the lines that were signed for it. `known` is the size that the receiver is believed to
   * have. Throws `NotTaken`, or what the network or the disk threw.
   */
  give(checkpoint: Checkpoint, known: number, stopping: AbortSignal): Promise<string[]>;
}

/** Says why a checkpoint was not taken. */
export class NotTaken extends Error {
  constructor(readonly problem: WitnessProblem) {
    super(problem);
  }
}
