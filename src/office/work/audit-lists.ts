import { words, type Words } from '../../platform/words/words.js';
import { evasionLists } from './evasion-lists.js';
import { draftsSql } from './everyday-lists.js';
import {
  asked,
  type Facts,
  numberSince,
  oldDraft,
  registeredAt,
  required,
  shortlyBefore,
  type WorkList,
} from './work-list.js';

const look: Words = words(
  '계약의 이력과 담당자의 설명을 확인하세요.',
  'Look at the contract’s history, and ask why.',
);

const fieldWords: Record<string, Words> = {
  signedOn: words('계약일', 'signing day'),
  startsOn: words('착수일', 'start'),
  endsOn: words('완료일', 'end'),
};

/** Counterparties `p` and `q` are not the same company: by registration number, or by name where one has none. */
const unrelated = `p.id <> q.id AND CASE
  WHEN p.registration_number IS NOT NULL AND q.registration_number IS NOT NULL
    THEN regexp_replace(p.registration_number, '\\D', '', 'g') <> regexp_replace(q.registration_number, '\\D', '', 'g')
  ELSE p.name_index <> q.name_index END`;

/** The English names the day before in brackets, behind what the day is of. */
const moved = ({ from, to, beforeGoLive }: Facts): Words => {
  if (to === null) return words(`${String(from)}이(가) 지워졌습니다`, 'was cleared');
  return beforeGoLive === true
    ? words(
        `${String(from)}에서 부서의 시행일 전인 ${String(to)}(으)로 옮겨졌습니다`,
        `was moved to ${String(to)}, before the department’s go-live day,`,
      )
    : words(`${String(from)}에서 ${String(to)}(으)로 미뤄졌습니다`, `was put off to ${String(to)}`);
};

/** The date `f.field` was put to before department `d` went live, of which nothing counts, by change `h`. */
const toHistory = `coalesce((h.before ->> f.field)::date >= d.go_live_on AND (h.after ->> f.field)::date < d.go_live_on, false)`;

/** Signs that somebody avoids an alert, found by blind index and by history. Nothing is held because of them. */
export const auditLists: WorkList[] = [
  {
    code: 'staff-numbers',
    name: words('직원 번호와 같은 연락처', 'Numbers that belong to staff'),
    todo: words(
      '업체 사람의 번호가 맞는지 업체에 직접 확인하세요.',
      'Ask the counterparty itself whose number this is.',
    ),
    auditorOnly: true,
    sql: `SELECT t.id, c.id AS contract_id, c.department_id, t.id AS contact_id, ${numberSince} AS since,
        jsonb_build_object('staff', (SELECT o.id FROM officer o WHERE o.phone_index = t.phone_index ORDER BY o.id LIMIT 1)) AS facts
      FROM contact t JOIN contract c ON c.id = t.contract_id
      WHERE t.removed_at IS NULL AND t.phone_index IN (SELECT phone_index FROM officer)`,
    what: (_facts, { officer }) =>
      words(
        `이 번호는 직원(${officer ?? '?'})의 번호입니다.`,
        `This is the number of a member of staff (${officer ?? '?'}).`,
      ),
  },
  {
    code: 'shared-numbers',
    name: words('서로 다른 업체의 같은 번호', 'One number at unrelated counterparties'),
    todo: words(
      '번호의 주인을 업체에 직접 확인하세요.',
      'Ask the counterparties themselves whose number this is.',
    ),
    auditorOnly: true,
    sql: `SELECT t.id, c.id AS contract_id, c.department_id, t.id AS contact_id, ${numberSince} AS since,
        jsonb_build_object('others', others.contracts) AS facts
      FROM contact t JOIN counterparty p ON p.id = t.counterparty_id JOIN contract c ON c.id = t.contract_id
        CROSS JOIN LATERAL (SELECT jsonb_agg(DISTINCT oc.reference) AS contracts
          FROM contact o JOIN counterparty q ON q.id = o.counterparty_id JOIN contract oc ON oc.id = o.contract_id
          WHERE o.phone_index = t.phone_index AND o.removed_at IS NULL AND ${unrelated}) others
      WHERE t.removed_at IS NULL AND others.contracts IS NOT NULL AND t.phone_index IN (
        SELECT phone_index FROM contact WHERE removed_at IS NULL AND phone_index IS NOT NULL GROUP BY 1 HAVING count(*) > 1)`,
    what: ({ others }) =>
      words(
        `다른 업체의 연락처에도 있는 번호입니다: ${listed(others)}`,
        `Another counterparty has the same number: ${listed(others)}`,
      ),
  },
  {
    code: 'registered-late',
    name: words('늦게 등록된 계약', 'Registered after their milestones'),
    todo: look,
    auditorOnly: true,
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, min(m.due_at) AS since,
        jsonb_build_object('milestones', count(*), 'registeredAt', (min(r.at) AT TIME ZONE ${asked.zone})::date,
                           'late', floor(extract(epoch FROM min(r.at) - min(m.due_at)) / 86400)::int) AS facts
      FROM contract c JOIN department d ON d.id = c.department_id JOIN milestone m ON m.contract_id = c.id
        CROSS JOIN LATERAL (SELECT ${registeredAt} AS at OFFSET 0) r
      WHERE c.state <> 'draft' AND ${required} AND m.due_at < r.at - make_interval(hours => ${asked.graceHours})
        AND (d.go_live_on IS NULL OR (m.due_at AT TIME ZONE ${asked.zone})::date >= d.go_live_on)
      GROUP BY c.id`,
    what: ({ milestones, registeredAt: at, late }) =>
      words(
        `단계 ${String(milestones)}개의 안내 시기가 지난 뒤 ${String(at)}에 등록되었습니다(가장 늦은 것 ${String(late)}일).`,
        `Registered on ${String(at)}, too late for ${String(milestones)} milestones (the first by ${String(late)} days).`,
      ),
  },
  {
    code: 'dates-moved-back',
    name: words('뒤로 미뤄진 날짜', 'Dates moved back'),
    todo: look,
    auditorOnly: true,
    sql: `SELECT h.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, h.at AS since,
        jsonb_build_object('field', f.field, 'from', h.before ->> f.field, 'to', h.after ->> f.field, 'actor', h.actor,
          'beforeGoLive', ${toHistory}, 'reason', h.reason, 'unsent', EXISTS (
            SELECT FROM setting s, jsonb_array_elements(s.value -> 'milestones') x
            WHERE s.name = c.plan_name AND s.version = c.plan_version
              AND NOT coalesce((x ->> 'optional')::boolean, false)
              AND (f.kinds @> ARRAY[x -> 'anchor' ->> 'type'] OR f.kinds @> ARRAY[x #>> '{anchor,else,type}']
                   OR f.kinds @> ARRAY[x #>> '{expectedBy,anchor,type}'])
              AND NOT EXISTS (SELECT FROM milestone m JOIN alert a ON a.milestone_id = m.id JOIN message g ON g.id = a.message_id
                              WHERE m.contract_id = c.id AND m.code = x ->> 'code' AND g.service_time <= h.at))) AS facts
      FROM change h JOIN contract c ON c.id = h.contract_id JOIN department d ON d.id = c.department_id
        JOIN (VALUES ('signedOn', ARRAY['signed']), ('startsOn', ARRAY['starts', 'share']), ('endsOn', ARRAY['ends', 'share']))
          f (field, kinds) ON h.before ? f.field
      WHERE h.subject = 'contract' AND h.before ?| ARRAY['signedOn', 'startsOn', 'endsOn']
        AND h.before ->> f.field IS NOT NULL
        AND (h.after ->> f.field IS NULL OR h.after ->> f.field > h.before ->> f.field OR ${toHistory})`,
    what: (facts) => {
      const field = fieldWords[String(facts['field'])];
      const unsent = facts['unsent'] === true;
      const by = String(facts['actor']);
      return words(
        `${field?.ko ?? ''} ${moved(facts).ko}(${by}).${unsent ? ' 그때까지 보내지 않은 안내가 있었습니다.' : ''}`,
        `The ${field?.en ?? 'date'} (${String(facts['from'])}) ${moved(facts).en} by ${by}${unsent ? ', before an alert had gone out' : ''}.`,
      );
    },
  },
  {
    code: 'changed-before-alert',
    name: words('안내 직전에 바뀐 연락처', 'Contacts changed shortly before an alert'),
    todo: words(
      '이전 번호로 업체에 직접 확인하세요.',
      'Ask the counterparty itself, by the number from before.',
    ),
    auditorOnly: true,
    sql: `SELECT h.id, c.id AS contract_id, c.department_id, t.id AS contact_id, h.at AS since,
        jsonb_build_object('removed', h.after IS NULL, 'from', h.before ->> 'phone', 'to', h.after ->> 'phone',
          'actor', h.actor, 'reason', h.reason, 'milestone', next.code) AS facts
      FROM change h JOIN contract c ON c.id = h.contract_id JOIN contact t ON t.id::text = h.subject_id
        CROSS JOIN LATERAL (SELECT m.code FROM milestone m WHERE m.contract_id = c.id AND ${required}
          AND m.due_at > h.at AND m.due_at <= h.at + make_interval(days => ${shortlyBefore}) ORDER BY m.due_at LIMIT 1) next
      WHERE h.subject = 'contact' AND h.before IS NOT NULL AND h.before ->> 'phone' IS NOT NULL
        AND (h.after IS NULL OR h.before ->> 'commitment' IS DISTINCT FROM h.after ->> 'commitment')`,
    what: ({ removed, from, to, actor, milestone }, told) => {
      const name = told.milestone ?? words(String(milestone), String(milestone));
      return removed === true
        ? words(
            `${name.ko} 안내 직전에 연락처(${String(from)})가 삭제되었습니다(${String(actor)}).`,
            `The contact (${String(from)}) was removed shortly before ${name.en} was to be told, by ${String(actor)}.`,
          )
        : words(
            `${name.ko} 안내 직전에 번호가 ${String(from)}에서 ${String(to ?? '없음')}(으)로 바뀌었습니다(${String(actor)}).`,
            `The number was changed from ${String(from)} to ${String(to ?? 'none')} shortly before ${name.en} was to be told, by ${String(actor)}.`,
          );
    },
  },
  ...evasionLists,
  {
    code: 'old-drafts',
    name: words('오래된 작성 중 계약', 'Old drafts'),
    todo: look,
    auditorOnly: true,
    sql: `SELECT * FROM (${draftsSql()}) drafts WHERE since < ${asked.now} - make_interval(days => ${oldDraft})`,
    what: () =>
      words(
        `${oldDraft}일 넘게 작성 중이어서 아무도 안내받지 못합니다.`,
        `A draft for more than ${oldDraft} days: nobody is told anything.`,
      ),
  },
  {
    code: 'undone-imports',
    name: words('취소된 가져오기', 'Undone imports'),
    todo: words('무엇을 왜 취소했는지 확인하세요.', 'Look at what was undone, and why.'),
    auditorOnly: true,
    sql: `SELECT i.id, NULL::uuid AS contract_id, i.department_id, NULL::uuid AS contact_id, coalesce((SELECT max(h.at) FROM change h
          WHERE h.subject_id = i.id::text AND h.subject = 'import' AND h.what = 'import-undone'), i.undone_at) AS since,
        jsonb_build_object('importId', i.id, 'file', i.file_name, 'actor', i.undone_by, 'reason', i.undo_reason) AS facts
      FROM import i WHERE i.undone_at IS NOT NULL`,
    what: ({ file, actor, reason }) =>
      words(
        `${String(file)} 가져오기가 취소되었습니다(${String(actor)}): ${String(reason ?? '사유 없음')}`,
        `The import of ${String(file)} was undone by ${String(actor)}: ${String(reason ?? 'no reason given')}`,
      ),
  },
];

function listed(references: Facts[string] | undefined): string {
  const all = Array.isArray(references) ? references : [];
  return all.length > 5 ? `${all.slice(0, 5).join(', ')} … (${all.length})` : all.join(', ');
}
