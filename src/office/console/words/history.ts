import type { ContractChangeKind } from '../../../core/proof/change.entity.js';
import type { Both, Section } from '../../../platform/words/words.js';

/** Names what was done by a change, and by whom when it was no person. A kind without words does not compile. */
export const history = {
  'set-up': ['처음 설정', 'set-up'],
  system: ['시스템', 'the system'],
  registered: ['등록', 'Registered'],
  amended: ['변경', 'Changed'],
  imported: ['파일로 변경', 'Changed by a file'],
  moved: ['상태 변경', 'Moved'],
  occurred: ['이행 기록', 'Recorded'],
  'counterparty-added': ['상대자 추가', 'Counterparty added'],
  'contact-added': ['연락처 추가', 'Contact added'],
  'contact-changed': ['연락처 변경', 'Contact changed'],
  'contact-removed': ['연락처 삭제', 'Contact removed'],
  'handed-over': ['인계', 'Handed over'],
  'not-seen': ['다른 부서', 'of another department'],
  'department-merged': ['부서 통합', 'Department merged'],
  'import-undone': ['가져오기 되돌림', 'Import undone'],
  restored: ['가져오기 되돌림', 'Import undone'],
} as const satisfies Section & Record<ContractChangeKind, Both>;
