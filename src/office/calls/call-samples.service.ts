import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Leaf } from '../../core/proof/change.entity.js';
import { Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { LogTree } from '../../core/transparency/log-tree.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { lastMonthOver } from '../reports/months.js';
import type { PartOfRounds } from '../rounds/rounds.service.js';
import { CallCandidate, CallSample } from './call.entities.js';
import { CallCandidates } from './call-candidates.js';
import { type CallRules, type PublishedSample, rulesSchema } from './calls.schema.js';
import { countOf, digestOf, drawn, listOf, weights } from './draw.js';

/**
 * CallSamples draws by lot which numbers of a month are called. Rules and candidates are laid down in the log first; the seed is the
 * root of the first checkpoint behind that, which nobody knows when the list is made.
 */
@Injectable()
export class CallSamples implements PartOfRounds {
  constructor(
    @Inject(CONFIG) private readonly config: { log: { witnesses: unknown[] } },
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
    private readonly tree: LogTree,
    private readonly candidates: CallCandidates,
  ) {}

  /** Lays down, on the first business morning of a month, what the sample of the month before will be drawn from. */
  async prepare(): Promise<void> {
    const { now } = await this.settings.moment();
    const month = lastMonthOver(await this.settings.calendar(), now);
    const { callShare: share } = (await this.settings.agency()).value;
    if (share === 0) return;
    await this.database.inTurn('calls', () => this.commit(month, share, now));
  }

  paragraphsFor(): Promise<string[]> {
    return Promise.resolve([]);
  }

  /** Draws each sample that was laid down, once a checkpoint holds that; one that a witness has signed, where there are witnesses. */
  async drawDue(): Promise<void> {
    const waiting = await this.database.repository(CallSample).findBy({ size: IsNull() });
    for (const { month, leafId, share } of waiting) {
      const checkpoint = await this.tree.firstCheckpointWith(leafId, this.config.log.witnesses.length > 0);
      if (checkpoint) await this.database.inTurn('calls', () => this.draw(month, share, checkpoint));
    }
  }

  /** Returns what anybody needs to draw a sample again, beside its list. Throws `not-found`. */
  async published(month: string): Promise<PublishedSample> {
    const { leafId, size } = await this.requireSample(month);
    const leaf = await this.database.repository(Leaf).findOneByOrFail({ id: leafId });
    const { id, kind, subjectId: subject, salt } = leaf;
    const commitment = {
      id,
      kind,
      subject,
      body: rulesSchema.parse(leaf.body),
      salt: salt?.toString('hex') ?? '',
    };
    const checkpoint = size === null ? null : await this.tree.firstCheckpointWith(leafId, false, size);
    if (!checkpoint) return { month, commitment, drawn: null };
    const { index } = checkpoint;
    const proof = await this.tree.proverAt(checkpoint.size)(index);
    return {
      month,
      commitment,
      drawn: {
        index,
        proof: proof.map((hash) => hash.toString('base64')),
        checkpoint: await this.tree.cosignedNote(checkpoint),
        sample: await this.sampleOf(month),
      },
    };
  }

  /** Returns the list of candidates of a month, as it is published. Throws `not-found`. */
  async list(month: string): Promise<string> {
    await this.requireSample(month);
    return listOf(await this.entriesOf(month));
  }

  private async commit(month: string, share: number, committedAt: Date): Promise<void> {
    if (await this.database.repository(CallSample).existsBy({ month })) return;
    const candidates = await this.candidates.candidatesOf(month);
    if (candidates.length === 0) return;
    const count = countOf(candidates.length, share);
    const list = digestOf(listOf(candidates));
    const body: CallRules = { month, share, weights, candidates: candidates.length, count, list };
    const [leafId = ''] = await this.journal.leaves([{ kind: 'calls-committed', subjectId: month, body }]);
    await this.database.insert(CallSample, [{ month, share, leafId, committedAt, size: null }]);
    await this.database.insert(CallCandidate, candidates);
    await this.journal.state('call_sample', [month]);
  }

  private async draw(
    month: string,
    share: number,
    { size, root }: { size: number; root: Buffer },
  ): Promise<void> {
    const isOurs = await this.database.run(
      `UPDATE call_sample SET size = $2 WHERE month = $1 AND call_sample.size IS NULL`,
      [month, size],
    );
    if (!isOurs) return;
    const candidates = await this.entriesOf(month);
    const sample = await drawn(root, candidates, countOf(candidates.length, share));
    await this.database.run(
      `UPDATE call_candidate c SET place = d.place FROM unnest($2::text[]) WITH ORDINALITY AS d (entry, place)
       WHERE c.month = $1 AND c.entry = d.entry`,
      [month, sample],
    );
    const body = { month, size, root: root.toString('base64'), sample: digestOf(sample.join('\n')) };
    await this.journal.leaves([{ kind: 'calls-drawn', subjectId: month, body }]);
  }

  private entriesOf(month: string): Promise<Pick<CallCandidate, 'entry' | 'weight'>[]> {
    return this.database.rows(`SELECT entry, weight FROM call_candidate WHERE month = $1`, [month]);
  }

  private async sampleOf(month: string): Promise<string[]> {
    const rows = await this.database.rows<{ entry: string }>(
      `SELECT entry FROM call_candidate WHERE month = $1 AND place IS NOT NULL ORDER BY place`,
      [month],
    );
    return rows.map(({ entry }) => entry);
  }

  private async requireSample(month: string): Promise<CallSample> {
    const sample = await this.database.repository(CallSample).findOneBy({ month });
    if (!sample) throw notFound('sample');
    return sample;
  }
}
