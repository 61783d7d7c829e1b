import { Injectable } from '@nestjs/common';
import { Sealer } from '../../platform/sealing/sealer.js';
import { newSalt } from '../proof/leaf.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { SettingsService } from '../settings/settings.service.js';
import type { BrakesOn } from './brakes.service.js';
import { type Composed, textHash } from './composing.js';
import type { Message } from './message.entity.js';
import { Database } from '../../platform/database/database.js';

/** The statements of freezing, each by what it is for. */
@Injectable()
export class FreezerParts {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
  ) {}

  /** A text that cannot be made is held for a person. */
  async holdFailed(failed: { alertIds: string[]; reason: string }[]): Promise<void> {
    for (const { alertIds, reason } of failed) {
      await this.database.run(
        `UPDATE alert SET status = 'held', reason = $2, claimed_by = NULL, lease_until = NULL,
                updated_at = clock_timestamp() WHERE id = ANY($1)`,
        [alertIds, `text-failed: ${reason.slice(0, 300)}`],
      );
    }
  }

  async withoutThoseNotToBeTexted(
    composed: Composed[],
    brakes: BrakesOn,
    sender: string,
    seconds: number,
  ): Promise<Composed[]> {
    const { value: agency } = await this.settings.agency();
    const listed = new Set(agency.rehearsal.numbers.map((number) => number.index));
    const rehearsed = (one: Composed) => agency.rehearsal.on && !listed.has(one.numberIndex.toString('hex'));
    const braked = (one: Composed) =>
      brakes.templates.has(one.template.key) || brakes.routes.has(`${sender}/${one.country}`);
    await this.database.run(
      `UPDATE alert SET status = 'missed', reason = 'rehearsal', claimed_by = NULL, lease_until = NULL,
              updated_at = clock_timestamp() WHERE id = ANY($1)`,
      [composed.filter(rehearsed).flatMap((one) => one.alertIds)],
    );
    const rest = composed.filter((one) => !rehearsed(one));
    await giveBack(this.database, rest.filter(braked), seconds);
    return rest.filter((one) => !braked(one));
  }

  /** One open attempt for a number: the next waits for the first to be settled. */
  async withoutBusyNumbers(composed: Composed[], seconds: number): Promise<Composed[]> {
    const rows = await this.database.rows<{ number: string }>(
      `SELECT encode(number_index, 'hex') AS number FROM attempt
       WHERE number_index = ANY($1) AND status IN ('open', 'ambiguous')`,
      [composed.map((one) => one.numberIndex)],
    );
    const busy = new Set(rows.map((row) => row.number));
    const free: Composed[] = [];
    const waiting: Composed[] = [];
    for (const one of composed) {
      const number = one.numberIndex.toString('hex');
      (busy.has(number) ? waiting : free).push(one);
      busy.add(number);
    }
    await giveBack(this.database, waiting, seconds);
    return free;
  }

  async textsTaken(composed: Composed[]): Promise<Set<string>> {
    const rows = await this.database.rows<{ number: string; hash: string }>(
      `SELECT encode(number_index, 'hex') AS number, encode(text_hash, 'hex') AS hash FROM message
       WHERE number_index = ANY($1) AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS wanted WHERE starts_with(text, wanted))`,
      [composed.map((one) => one.numberIndex), composed.map((one) => one.text)],
    );
    return new Set(rows.map((row) => `${row.number} ${row.hash}`));
  }

  messageRow(
    one: Composed & { messageId: string; hash: Buffer; encoding: string; parts: number },
    provider: SmsProvider,
    now: Date,
  ): Partial<Message> {
    return {
      id: one.messageId,
      provider: provider.name,
      sender: provider.sender,
      numberSealed: this.sealer.seal(one.to, {
        table: 'message',
        column: 'number_sealed',
        rowId: one.messageId,
      }),
      numberIndex: one.numberIndex,
      country: one.country,
      shard: one.shard,
      locale: one.locale,
      templateVersionId: one.template.id,
      text: one.text,
      textHash: textHash(one.text),
      salt: newSalt(),
      encoding: one.encoding,
      parts: one.parts,
      status: 'sending',
      attempts: 1,
      resentUnproved: 0,
      polls: 0,
      dueAt: one.dueAt,
      serviceTime: now,
    };
  }
}

async function giveBack(database: Database, composed: Composed[], seconds: number): Promise<void> {
  await database.run(
    `UPDATE alert SET status = 'planned', claimed_by = NULL, lease_until = NULL,
            retry_at = clock_timestamp() + $2 * interval '1 second', updated_at = clock_timestamp()
     WHERE id = ANY($1)`,
    [composed.flatMap((one) => one.alertIds), seconds],
  );
}
