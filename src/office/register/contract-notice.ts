import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import type { Caller } from '../../core/access/roles.js';
import { ContractReader } from '../../core/contracts/contract.reader.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { type QrCode, qrCodeOf } from '../../platform/qr-code.js';
import { translate, type Words } from '../../platform/words/words.js';
import { ownOrigin } from '../accounts/session-cookie.js';
import './notice.words.js';

/** ContractNotice goes into a contract's papers, so that a company holds on paper what it was promised. */
export interface ContractNotice {
  reference: string;
  /** Where the register shows this contract. */
  address: string;
  title: Words;
  text: Words;
  /** The address as a QR code. */
  qr: QrCode;
}

/** ContractNotices write the notice of a contract. */
@Injectable()
export class ContractNotices {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly contracts: ContractReader,
    private readonly settings: SettingsService,
  ) {}

  /** Throws `not-found` for a contract that the caller does not see. Without a public address, the one that was asked is named. */
  async noticeOf(caller: Caller, contractId: string, request: FastifyRequest): Promise<ContractNotice> {
    const { reference } = await this.contracts.requireVisible(caller, contractId);
    const { value: agency } = await this.settings.agency();
    return notice(reference, agency.name, ownOrigin(request, this.config.publicUrl));
  }
}

function notice(reference: string, agency: Words, origin: string): ContractNotice {
  const address = addressOf(reference, origin);
  const words = (key: string): Words => ({
    ko: translate('ko', key, { agency: agency.ko, reference }),
    en: translate('en', key, { agency: agency.en, reference }),
  });
  return {
    reference,
    address,
    title: words('notice.title'),
    text: words('notice.text'),
    qr: qrCodeOf(address),
  };
}

/** Writes the QR code of a notice as a picture of its own, for programs that print the papers. */
export const qrPicture = ({ address }: ContractNotice): string => renderSVG(address);

const addressOf = (reference: string, origin: string) =>
  `${origin}/register?${new URLSearchParams({ reference }).toString()}`;
