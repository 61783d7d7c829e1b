import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A contract as the Korean e-procurement's contract service answers it, made up. */
export type ProcurementItem = Record<string, string>;

/** FakeProcurement answers by HTTP in the form of that service (data.go.kr 15129427), page by page, and notes what it was asked. */
export class FakeProcurement {
  readonly asked: { operation: string; from: string; to: string; page: number }[] = [];
  /** How many more requests are answered before the next one breaks off; null: all. */
  answersLeft: number | null = null;
  items: ProcurementItem[] = [];
  private server: Server | null = null;

  constructor(readonly key = 'a-key') {}

  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}/1230000/ao/CntrctInfoService?insttDivCd=1&insttCd=6110000`;
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      const { pathname, searchParams: of } = new URL(request.url ?? '', 'http://here');
      const operation = pathname.split('/').at(-1) ?? '';
      const [from = '', to = ''] = [of.get('inqryBgnDate'), of.get('inqryEndDate')].map((day) =>
        (day ?? '').replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
      );
      const page = Number(of.get('pageNo'));
      if (this.answersLeft === 0) {
        request.socket.destroy();
        return;
      }
      if (this.answersLeft !== null) this.answersLeft -= 1;
      this.asked.push({ operation, from, to, page });
      const isKnown = of.get('serviceKey') === this.key && of.get('insttCd') === '6110000';
      response.setHeader('content-type', 'application/json;charset=UTF-8');
      response.end(
        JSON.stringify(
          isKnown ? this.answer(operation, from, to, page, Number(of.get('numOfRows'))) : refusal,
        ),
      );
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return this;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server?.close(() => resolve()));
  }

  private answer(operation: string, from: string, to: string, page: number, rows: number) {
    const found = this.items.filter(
      ({ bsnsDivNm = '', cntrctCnclsDate = '' }) =>
        operation === operationOf(bsnsDivNm) && cntrctCnclsDate >= from && cntrctCnclsDate <= to,
    );
    const items = found.slice((page - 1) * rows, page * rows);
    const body = {
      items: items.length > 0 ? items : '',
      numOfRows: rows,
      pageNo: page,
      totalCount: found.length,
    };
    return { response: { header: { resultCode: '00', resultMsg: '정상' }, body } };
  }
}

const refusal = {
  'nkoneps.com.response.ResponseError': { header: { resultCode: '30', resultMsg: '등록되지 않은 인증키' } },
};

function operationOf(division: string): string {
  const of =
    division === '공사' ? 'Cnstwk' : division === '외자' ? 'Frgcpt' : division === '물품' ? 'Thng' : 'Servc';
  return `getCntrctInfoList${of}PPSSrch`;
}
