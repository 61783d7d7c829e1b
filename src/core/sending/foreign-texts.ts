import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Providers } from '../providers/providers.module.js';

/** ForeignTexts looks at the providers for texts of our senders that no attempt of ours has sent. */
@Injectable()
export class ForeignTexts {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly sealer: Sealer,
  ) {}

  /** Tells whether a provider took such texts since then. Throws when one does not answer. */
  async areThere(since: Date): Promise<boolean> {
    for (const provider of this.providers.all) {
      const texts = await provider.newest(since);
      const foreign = await this.database.rows(
        `SELECT FROM unnest($2::text[], $3::bytea[], $4::text[]) AS held (reference, number, text)
         WHERE NOT EXISTS (SELECT FROM attempt t WHERE t.provider = $1 AND t.reference = held.reference)
           -- One whose answer was lost has no reference yet. A provider that keeps no texts shows empty ones.
           AND NOT EXISTS (SELECT FROM message m JOIN attempt t ON t.message_id = m.id
             WHERE m.number_index = held.number AND t.status IN ('open', 'ambiguous', 'absent')
               AND (held.text = '' OR m.text_hash = sha256(convert_to(held.text, 'UTF8'))))
         LIMIT 1`,
        [
          provider.name,
          texts.map(({ reference }) => reference),
          texts.map(({ to }) => this.sealer.blindIndex(to)),
          texts.map(({ text }) => text),
        ],
      );
      if (foreign.length > 0) return true;
    }
    return false;
  }
}
