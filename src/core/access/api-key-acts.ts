import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { ApiKeysService, type NewApiKey } from './api-keys.service.js';
import type { Caller } from './roles.js';
import { isWaiting, SecondLook, type Waiting } from './second-look.js';

/** ApiKeyActs makes keys for admins. One of an auditor closes flags and decides, so that it waits for a second person. */
@Injectable()
export class ApiKeyActs {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysService,
    private readonly look: SecondLook,
  ) {
    look.performs('openAuditorKey', (_caller, [id]) => this.keys.open(String(id)));
  }

  /** Makes a key and returns it, which is not kept; one that waits opens nothing until it is approved. */
  async create(caller: Caller, wanted: NewApiKey): Promise<{ id: string; key: string } & Partial<Waiting>> {
    return this.database.inTransaction(async () => {
      const made = await this.keys.create(caller, wanted);
      if (wanted.role !== 'auditor') return made;
      const change = { what: 'created', before: null, after: { name: wanted.name, role: wanted.role } };
      const act = { name: 'openAuditorKey', args: [made.id], reason: null, change };
      const opened = await this.look.askOrDo(caller, act, () => this.keys.open(made.id));
      return isWaiting(opened) ? { ...made, ...opened } : made;
    });
  }
}
