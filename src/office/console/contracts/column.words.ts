import type { Contract } from '../../../core/contracts/contract.entity.js';
import { type Both, defineWords } from '../../../platform/words/words.js';
import type { Snapshot } from '../../imports/snapshots.js';

/**
 * Forms and the history of a contract call its columns so; a column without words does not compile. The history names the title
 * by `contracts.title`, the title of the pages.
 */
defineWords('contracts', {
  reference: ['계약번호', 'Reference'],
  revision: ['차수', 'Revision'],
  kind: ['종류', 'Kind'],
  departmentId: ['담당 부서', 'department'],
  officerId: ['담당 공무원', 'officer'],
  signedOn: ['계약일', 'Signed on'],
  startsOn: ['착수(착공)일', 'Starts on'],
  endsOn: ['완료(준공)일', 'Ends on'],
  liabilityEndsOn: ['하자담보 종료일', 'Liability ends on'],
  amount: ['계약금액(원)', 'Value (KRW)'],
  currency: ['통화', 'currency'],
  method: ['계약방법', 'Method'],
  state: ['상태', 'State'],
  resumesTo: ['재개 뒤 상태', 'state after resuming'],
  completedOn: ['완료된 날', 'Completed on'],
  terminatedOn: ['해지된 날', 'Terminated on'],
  planName: ['알림 계획', 'plan'],
  planVersion: ['알림 계획의 판', 'version of the plan'],
} satisfies Record<Exclude<keyof Contract, 'id' | 'source' | 'title' | 'version' | 'calendarVersion'>, Both>);

/** The preview of an import calls the columns that it alters so. */
defineWords('importFields', {
  revision: ['차수', 'Revision'],
  title: ['계약명', 'Name'],
  departmentId: ['담당 부서', 'Department'],
  officerId: ['담당 공무원', 'Officer'],
  state: ['상태', 'State'],
  resumesTo: ['재개하면', 'Resumes to'],
  signedOn: ['계약일', 'Signed on'],
  startsOn: ['착수일', 'Starts on'],
  endsOn: ['완료일', 'Ends on'],
  liabilityEndsOn: ['하자담보 종료일', 'Liability ends on'],
  completedOn: ['완료한 날', 'Completed on'],
  terminatedOn: ['해지한 날', 'Terminated on'],
  amount: ['금액', 'Amount'],
  currency: ['통화', 'Currency'],
  method: ['계약방법', 'Method'],
} satisfies Record<keyof Snapshot['columns'], Both>);
