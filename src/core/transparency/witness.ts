import { textOfAnswer } from '../../platform/http/answer-text.js';
import { type NoteVerifier, partsOfNote } from '../../platform/sealing/signed-note.js';
import { type CheckpointReceiver, NotTaken } from './checkpoint-receiver.js';
import type { Checkpoint, LogTree } from './log-tree.js';

const patienceMs = 5000;

/** An answer is a size, or some lines of signatures. */
const longestAnswer = 65_536;

/** A Witness signs a checkpoint only when the log proves to it that it begins with the one before (C2SP's tlog-witness). */
export class Witness implements CheckpointReceiver {
  readonly away = 'witness-away';

  constructor(
    private readonly key: NoteVerifier,
    private readonly url: string,
    private readonly tree: LogTree,
  ) {}

  get name(): string {
    return this.key.name;
  }

  /** Asks for a cosignature, once more when the witness knows another size. Throws `NotTaken`, or what the network threw. */
  async give(
    checkpoint: Checkpoint,
    known: number,
    stopping: AbortSignal,
    isAgain = false,
  ): Promise<string[]> {
    const { text, signatures } = partsOfNote(checkpoint.note);
    const proof = await this.tree.consistencyProof(known, checkpoint.size);
    const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
    const response = await fetch(`${this.url}/add-checkpoint`, {
      method: 'POST',
      body: `old ${known}\n${lines}\n${text}\n${signatures}`,
      redirect: 'error',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(patienceMs)]),
    });
    const answer = await textOfAnswer(response, longestAnswer);
    if (answer === null) throw new NotTaken('witness-refuses');
    if (response.status === 409 && !isAgain) {
      const size = /^\d{1,15}\n?$/.test(answer) ? Number(answer) : NaN;
      // What it knows of this log is more than there is: the log was taken back, or another stands under its name.
      if (size > checkpoint.size) throw new NotTaken('witness-contradicts');
      if (size >= 0) return this.give(checkpoint, size, stopping, true);
    }
    if (response.status === 422) throw new NotTaken('witness-contradicts');
    if (response.status >= 500) throw new NotTaken('witness-away');
    if (response.status !== 200) throw new NotTaken('witness-refuses');
    const signed = this.key.signaturesOf(text, answer);
    if (signed.length === 0) throw new NotTaken('witness-refuses');
    return signed;
  }
}
