import type { ImportProblem } from '../imports/import.entities.js';
import { problemWords } from '../imports/import-problems.words.js';
import { refusedWorkbookName } from '../imports/sheets/refused-workbook.js';
import { words } from '../../platform/words/words.js';
import { asked, numberSince, registeredAt, stillToTell, today, type WorkList } from './work-list.js';

/** The department of import `i` (or what it became part of) with those below it, whose rows it may bring; an admin brings anybody's. */
const ofItsDepartment = `(i.department_id IS NULL OR c.department_id IN (
    WITH RECURSIVE below AS (SELECT coalesce(m.merged_into, m.id) AS id FROM department m WHERE m.id = i.department_id
      UNION SELECT d.id FROM department d JOIN below ON d.parent_id = below.id)
    SELECT id FROM below))`;

/**
 * The refused row `e` of import `i` was brought again: a later import, or somebody by hand, took its contract into the
 * department; or, when the row does not say which, the same person brought the sheet of refused rows of just this
 * import, with something in it. Another department's contract of the same number mends nothing, nor does any other file.
 */
const superseded = `(EXISTS (SELECT FROM import_effect later JOIN contract c ON c.id = later.contract_id
    WHERE later.reference = e.reference AND later.id > e.id AND later.applied
      AND later.result NOT IN ('refused', 'ignored') AND ${ofItsDepartment})
  OR EXISTS (SELECT FROM contract c
    WHERE c.reference = e.reference AND c.created_at > i.created_at AND ${ofItsDepartment})
  OR (e.reference IS NULL AND EXISTS (SELECT FROM import again
    WHERE again.actor = i.actor AND again.status = 'completed' AND again.id > i.id
      AND starts_with(again.file_name, '${refusedWorkbookName('')}' || i.id)
      AND (again.counts ->> 'contracts')::int + (again.counts ->> 'refused')::int > 0)))`;

/** What officers mend: without a number, a contact or a record, nobody is told. */
export const everydayLists: WorkList[] = [
  {
    code: 'no-contact',
    name: words('연락처가 없는 계약', 'Contracts without a contact'),
    todo: words(
      '업체마다 안내받을 사람과 휴대전화 번호를 등록하세요.',
      'Add a person with a mobile number for each counterparty.',
    ),
    auditorOnly: false,
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id,
        coalesce((SELECT max(h.at) FROM change h WHERE h.contract_id = c.id AND h.what IN ('contact-removed', 'counterparty-added')),
                 ${registeredAt}) AS since,
        jsonb_build_object('counterparties', p.counterparties, 'without', p.without) AS facts
      FROM contract c CROSS JOIN LATERAL (
        SELECT count(*)::int AS counterparties, count(*) FILTER (WHERE NOT EXISTS (
          SELECT FROM contact t WHERE t.contract_id = c.id AND t.counterparty_id = p.id AND t.removed_at IS NULL))::int AS without
        FROM counterparty p WHERE p.contract_id = c.id) p
      WHERE ${stillToTell} AND (p.counterparties = 0 OR p.without > 0)`,
    what: ({ counterparties, without }) =>
      counterparties === 0
        ? words('등록된 업체가 없습니다.', 'No counterparty is registered.')
        : words(
            `업체 ${String(counterparties)}곳 가운데 ${String(without)}곳에 연락처가 없습니다.`,
            `${String(without)} of ${String(counterparties)} counterparties have no contact.`,
          ),
  },
  {
    code: 'no-number',
    name: words('번호가 없는 연락처', 'Contacts without a number'),
    todo: words('휴대전화 번호를 확인해 등록하세요.', 'Find out the mobile number, and enter it.'),
    auditorOnly: false,
    sql: `SELECT t.id, c.id AS contract_id, c.department_id, t.id AS contact_id, ${numberSince} AS since, '{}'::jsonb AS facts
      FROM contact t JOIN contract c ON c.id = t.contract_id
      WHERE t.phone_index IS NULL AND t.removed_at IS NULL AND ${stillToTell}`,
    what: () =>
      words(
        '이 연락처에는 문자를 받을 수 있는 번호가 없습니다.',
        'This contact has no number that can be texted.',
      ),
  },
  {
    code: 'dead-numbers',
    name: words('문자가 전달되지 않는 번호', 'Dead numbers'),
    todo: words(
      '번호가 맞는지 업체에 확인하고 고치세요.',
      'Ask the counterparty for the right number, and correct it.',
    ),
    auditorOnly: false,
    sql: `SELECT t.id, c.id AS contract_id, c.department_id, t.id AS contact_id,
        (SELECT min(g.service_time) FROM message g WHERE g.number_index = f.number_index AND g.status = 'failed'
           AND NOT EXISTS (SELECT FROM message later WHERE later.number_index = g.number_index
                             AND later.status = 'delivered' AND later.id > g.id)) AS since,
        jsonb_build_object('carrierCode', last.reason, 'provider', last.provider) AS facts
      FROM (SELECT DISTINCT number_index FROM message WHERE status = 'failed') f
        CROSS JOIN LATERAL (SELECT g.status, g.reason, g.provider FROM message g WHERE g.number_index = f.number_index
          AND g.status IN ('accepted', 'sent', 'delivered', 'unconfirmed', 'failed') ORDER BY g.id DESC LIMIT 1) last
        JOIN contact t ON t.phone_index = f.number_index AND t.removed_at IS NULL JOIN contract c ON c.id = t.contract_id
      WHERE last.status = 'failed' AND ${stillToTell}`,
    what: ({ carrierCode }, { carrier }) =>
      words(
        `마지막 문자가 전달되지 않았습니다: ${carrier?.ko ?? String(carrierCode)}`,
        `The last text was not delivered: ${carrier?.en ?? String(carrierCode)}`,
      ),
  },
  {
    code: 'unrecorded',
    name: words('기록되지 않은 단계', 'Expected, and not recorded'),
    todo: words(
      '이미 있었던 일이면 날짜를 기록하고, 아니면 계약의 날짜를 고치세요.',
      'If it happened, record its day; if not, correct the contract’s dates.',
    ),
    auditorOnly: false,
    sql: `SELECT m.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id,
        (m.expected_by + 1)::timestamp AT TIME ZONE ${asked.zone} AS since,
        jsonb_build_object('milestone', m.code, 'occurrence', m.occurrence, 'expectedBy', m.expected_by) AS facts
      FROM milestone m JOIN contract c ON c.id = m.contract_id JOIN department d ON d.id = c.department_id
      WHERE m.wording = 'neutral' AND m.occurred_on IS NULL AND NOT m.withdrawn AND m.expected_by < ${today}
        AND c.state <> 'draft' AND (d.go_live_on IS NULL OR m.expected_by >= d.go_live_on)
        AND (c.state <> 'terminated' OR m.expected_by <= c.terminated_on)
        AND NOT EXISTS (SELECT FROM milestone o WHERE o.contract_id = c.id AND o.code = m.code AND o.occurred_on IS NOT NULL)`,
    what: ({ milestone, expectedBy }, told) =>
      words(
        `${told.milestone?.ko ?? String(milestone)}: ${String(expectedBy)}까지 있어야 했으나 기록되지 않았습니다.`,
        `${told.milestone?.en ?? String(milestone)}: expected by ${String(expectedBy)}, and not recorded.`,
      ),
  },
  {
    code: 'rows-to-mend',
    name: words('고쳐서 다시 올릴 행', 'Rows to mend'),
    todo: words(
      '가져오기에서 거절된 행을 내려받아 고친 뒤 그 파일을 다시 올리세요.',
      'Download the refused rows of the import, mend them, and bring that sheet.',
    ),
    auditorOnly: false,
    sql: `SELECT DISTINCT ON (p.import_id, p.line) p.id, NULL::uuid AS contract_id,
        CASE WHEN i.own THEN coalesce(i.department_id, (${asked.departments})[1]) ELSE i.department_id END AS department_id,
        NULL::uuid AS contact_id, i.finished_at AS since,
        jsonb_build_object('importId', i.id, 'file', i.file_name, 'line', p.line, 'field', p.field, 'code', p.code,
                           'phrase', p.phrase, 'message', p.message, 'advice', p.advice, 'reference', e.reference) AS facts
      FROM (SELECT import.*, ${asked.caller} IN (caller ->> 'keyId', caller ->> 'accountId') AS own FROM import) i
        JOIN import_problem p ON p.import_id = i.id AND p.fatal
        LEFT JOIN import_effect e ON e.import_id = i.id AND e.line = p.line AND e.result = 'refused'
      WHERE i.status = 'completed' AND (i.own OR ${asked.everybodys}) AND NOT ${superseded}
      ORDER BY p.import_id, p.line, p.id`,
    published: ({ phrase, ...facts }) => {
      const { message, advice } = problemWords({ ...facts, phrase } as unknown as ImportProblem);
      return { ...facts, message: message.en, advice: advice.en };
    },
    what: ({ file, line, field, ...problem }) => {
      const said = problemWords(problem as unknown as ImportProblem);
      return words(
        `${String(file)} ${String(line)}행 ${String(field)}: ${said.message.ko} ${said.advice.ko}`,
        `${String(file)}, line ${String(line)}, ${String(field)}: ${said.message.en} ${said.advice.en}`,
      );
    },
  },
  {
    code: 'drafts',
    name: words('작성 중인 계약', 'Drafts'),
    todo: words(
      '체결되었으면 체결일을 기록하고, 아니면 종료하세요.',
      'If it was signed, record the day; if it came to nothing, end it.',
    ),
    auditorOnly: false,
    sql: draftsSql(),
    what: () =>
      words('아직 체결되지 않아 아무도 안내받지 못합니다.', 'It is not signed, so nobody is told anything.'),
  },
];

export function draftsSql(): string {
  return `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, ${registeredAt} AS since,
      '{}'::jsonb AS facts FROM contract c WHERE c.state = 'draft'`;
}
