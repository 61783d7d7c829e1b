import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { FoundText, SmsProvider, SoughtText } from '../providers/sms-provider.js';
import { locales, namedByKind, type SubjectFacts } from '../texts/variables.service.js';
import { numberPlace } from './sending.entities.js';

/** A HeldText is a text that a provider holds and that no attempt has adopted. */
export interface HeldText extends FoundText {
  provider: SmsProvider;
}

/** A NumberList is what one provider lists for the number of an attempt. */
export interface NumberList {
  provider: SmsProvider;
  texts: FoundText[];
  unadopted: HeldText[];
}

interface SealedNumber {
  messageId: string;
  numberIndex: Buffer;
  numberSealed: Buffer;
}

/** A Sought attempt is one whose text is looked for. */
interface Sought extends SealedNumber {
  id: string;
  suspect: boolean;
}

/** A KnownText is one that its provider has accepted, so that a list without it is not whole. */
interface KnownText extends SealedNumber {
  reference: string;
  text: string;
}

/**
 * ProviderLists reads what providers list for a number, and judges what such a list proves. One that is empty, is behind
 * or shows no bodies reads just like one without the text, so it is believed only when it shows texts that the provider
 * is known to hold, word for word.
 */
@Injectable()
export class ProviderLists {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Returns the number in E.164; null when it cannot be unsealed. */
  numberOf({ messageId, numberSealed }: SealedNumber): string | null {
    try {
      return this.sealer.open(numberSealed, numberPlace(messageId));
    } catch {
      return null;
    }
  }

  async listFor(provider: SmsProvider, sought: SoughtText): Promise<NumberList> {
    const texts = await provider.find(sought);
    const rows = await this.database.rows<{ reference: string }>(
      `SELECT reference FROM attempt WHERE provider = $1 AND reference = ANY($2)`,
      [provider.name, texts.map((text) => text.reference)],
    );
    const adopted = new Set(rows.map((row) => row.reference));
    const unadopted = texts.filter(({ reference }) => !adopted.has(reference));
    return { provider, texts, unadopted: unadopted.map((text) => ({ ...text, provider })) };
  }

  /** Finds a text of the attempt's contract that reads otherwise: after a restore it may be the same one in other words. */
  async textOfTheSameContract(attempt: Sought, held: HeldText[]): Promise<HeldText | undefined> {
    const rows = await this.database.rows<Pick<SubjectFacts, 'reference' | 'kind' | 'signedOn'>>(
      `SELECT DISTINCT c.reference, c.kind, c.signed_on FROM alert a JOIN contract c ON c.id = a.contract_id WHERE a.message_id = $1`,
      [attempt.messageId],
    );
    const names = rows.flatMap((row) => [
      row.reference,
      ...(row.signedOn === null ? [] : locales.map((locale) => namedByKind(row, locale))),
    ]);
    return held.find((text) => names.some((name) => text.text.includes(name)));
  }

  /** Tells whether a list without the attempt's text proves that its provider does not hold it. */
  async provesAbsence({ provider, texts }: NumberList, attempt: Sought): Promise<boolean> {
    // The database's other life may have sent it in other words, which only a whole list shows.
    if (attempt.suspect && !provider.listsNumbers) return false;
    const known = await this.knownTexts(provider, attempt);
    if (known.length === 0) return this.mayBeBelievedOnce(provider, attempt);
    for (const one of known) {
      const isListed = provider.listsNumbers && one.numberIndex.equals(attempt.numberIndex);
      const list = isListed ? texts : await this.textsFor(provider, one);
      const isShown = list.some(({ reference, text }) => reference === one.reference && text === one.text);
      if (!isShown) return false;
    }
    return true;
  }

  /**
   * Returns the last text that the provider has accepted for this number lately, and the first for any number since the
   * attempt, or else the last before it: the one shows that this number is listed, the other how far the list has come.
   * Providers delete what is old, hence the thirty days.
   */
  private knownTexts(provider: SmsProvider, attempt: Sought): Promise<KnownText[]> {
    const accepted = `provider = $1 AND status = 'accepted' AND reference IS NOT NULL`;
    return this.database.rows<KnownText>(
      `SELECT t.reference, m.text, t.message_id, t.number_index, m.number_sealed
       FROM attempt t JOIN message m ON m.id = t.message_id
       WHERE t.id IN (
         (SELECT id FROM attempt WHERE ${accepted} AND settled_at > clock_timestamp() - interval '30 days'
            AND message_id IN (SELECT other.id FROM message other WHERE other.number_index = $3)
          ORDER BY settled_at DESC LIMIT 1),
         coalesce(
           (SELECT id FROM attempt WHERE ${accepted} AND id > $2 ORDER BY id LIMIT 1),
           (SELECT id FROM attempt WHERE ${accepted} AND id < $2 ORDER BY id DESC LIMIT 1)))`,
      [provider.name, attempt.id, attempt.numberIndex],
    );
  }

  private async textsFor(provider: SmsProvider, known: KnownText): Promise<FoundText[]> {
    const to = this.numberOf(known);
    return to === null ? [] : provider.find({ to, text: known.text });
  }

  /**
   * Where nothing is known, a list is believed for one attempt alone, its provider's first: once that is accepted, something
   * is known. A provider without attempts, which is asked about a restore beside others, may well have nothing of ours.
   */
  private async mayBeBelievedOnce(provider: SmsProvider, attempt: Sought): Promise<boolean> {
    const [row] = await this.database.rows<{ isFirst: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM attempt WHERE provider = $1
         AND (status = 'absent' OR status IN ('open', 'ambiguous') AND id < $2)) AS is_first`,
      [provider.name, attempt.id],
    );
    return row?.isFirst ?? false;
  }
}
