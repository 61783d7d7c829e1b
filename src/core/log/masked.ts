import { Injectable } from '@nestjs/common';
import { maskName, maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';

/** Opens what is sealed into what a reader of the log may see of it. */
@Injectable()
export class Masked {
  constructor(private readonly sealer: Sealer) {}

  messageNumber(messageId: string, sealed: Buffer): string {
    return this.number('message', 'number_sealed', messageId, sealed);
  }

  contactNumber(contactId: string, sealed: Buffer | null): string | null {
    return sealed && this.number('contact', 'phone_sealed', contactId, sealed);
  }

  contactName(contactId: string, sealed: Buffer | null): string | null {
    return (
      sealed &&
      maskName(this.sealer.open(sealed, { table: 'contact', column: 'name_sealed', rowId: contactId }))
    );
  }

  private number(table: string, column: string, rowId: string, sealed: Buffer): string {
    return maskPhoneNumber(this.sealer.open(sealed, { table, column, rowId }));
  }
}
