import { Injectable } from '@nestjs/common';
import { AccountRows } from './account-rows.js';

/** People stand in the log by their account's id; those who read history see the name behind it. */
@Injectable()
export class ActorNames {
  constructor(private readonly rows: AccountRows) {}

  /** For each `role:@id` the name; what names no account (a key, `set-up`) is its own name. */
  async of(actors: string[]): Promise<Map<string, string>> {
    const ids = new Map(actors.map((actor) => [actor, /:@([0-9a-f-]{36})$/.exec(actor)?.[1]]));
    const names = await this.rows.names([...new Set(ids.values())].filter((id) => id !== undefined));
    return new Map(actors.map((actor) => [actor, names.get(ids.get(actor) ?? '') ?? actor]));
  }
}
