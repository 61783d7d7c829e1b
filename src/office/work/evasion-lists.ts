import { words } from '../../platform/words/words.js';
import { asked, longSuspension, type WorkList } from './work-list.js';

/** The states of contract `c`, each from when to when it was in it; the last until now. */
const statesHeld = `SELECT h.after ->> 'state' AS state, h.at,
    coalesce(lead(h.at) OVER (ORDER BY h.at, h.id), ${asked.now}) AS until
  FROM change h WHERE h.contract_id = c.id AND h.subject = 'contract' AND h.after ? 'state'`;

/** Contracts that came out of the way of their alerts without a date of theirs being moved. */
export const evasionLists: WorkList[] = [
  {
    code: 'terminated-early',
    name: words('안내 전에 해지된 계약', 'Terminated before they were told'),
    todo: words(
      '실제로 해지되었는지 업체에 직접 확인하세요.',
      'Ask the counterparty itself whether the contract came to an end.',
    ),
    auditorOnly: true,
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, h.at AS since,
        jsonb_build_object('alerts', a.unsent, 'state', h.before ->> 'state', 'on', c.terminated_on,
                           'actor', h.actor, 'reason', h.reason) AS facts
      FROM contract c
        CROSS JOIN LATERAL (SELECT h.at, h.before, h.actor, h.reason FROM change h
          WHERE h.contract_id = c.id AND h.subject = 'contract' AND h.after ->> 'state' = 'terminated'
          ORDER BY h.at DESC, h.id DESC LIMIT 1) h
        CROSS JOIN LATERAL (SELECT count(*)::int AS unsent FROM alert a
          WHERE a.contract_id = c.id AND a.status = 'cancelled' AND a.reason = 'terminated') a
      WHERE c.state = 'terminated' AND CASE WHEN h.before ->> 'state' <> 'draft' THEN a.unsent > 0 ELSE EXISTS (
        SELECT FROM change s WHERE s.contract_id = c.id AND s.subject = 'contract'
          AND s.after ->> 'state' IN ('signed', 'underway', 'suspended', 'completed')) END`,
    what: ({ alerts, state, on, actor }) =>
      state === 'draft'
        ? words(
            `체결되었다가 작성 중으로 되돌아간 계약이 ${String(on)}자로 해지되었습니다(${String(actor)}).`,
            `It had been signed, became a draft again, and was terminated as of ${String(on)} by ${String(actor)}.`,
          )
        : words(
            `보내지 않은 안내 ${String(alerts)}건을 남기고 ${String(on)}자로 해지되었습니다(${String(actor)}).`,
            `Terminated as of ${String(on)} by ${String(actor)}, with ${String(alerts)} alerts unsent.`,
          ),
  },
  {
    code: 'long-suspended',
    name: words('오래 중지된 계약', 'Suspended for long'),
    todo: words('계약의 이력과 담당자의 설명을 확인하세요.', 'Look at the contract’s history, and ask why.'),
    auditorOnly: true,
    // Suspended again and again for a little less than is looked at is suspended for long, too.
    sql: `SELECT c.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, s.since,
        jsonb_build_object('days', floor(extract(epoch FROM s.held) / 86400)::int, 'times', s.times,
                           'running', c.state = 'suspended') AS facts
      FROM (SELECT DISTINCT contract_id FROM change
            WHERE subject = 'contract' AND after ->> 'state' = 'suspended') known
        JOIN contract c ON c.id = known.contract_id
        CROSS JOIN LATERAL (SELECT min(p.at) AS since, sum(p.until - p.at) AS held, count(*)::int AS times
          FROM (${statesHeld}) p WHERE p.state = 'suspended') s
      WHERE s.held > make_interval(days => ${longSuspension})`,
    what: ({ days, times, running }) =>
      words(
        `${String(times)}번에 걸쳐 모두 ${String(days)}일 중지되었습니다.${running === true ? ' 지금도 안내가 보류되고 있습니다.' : ''}`,
        `Suspended for ${String(days)} days in all, ${String(times)} times${running === true ? ': its alerts are held' : ''}.`,
      ),
  },
  {
    code: 'moved-department',
    name: words('부서가 바뀐 계약', 'Moved to another department'),
    todo: words(
      '두 부서에 옮긴 까닭을 확인하고, 받은 부서의 연락처를 살펴보세요.',
      'Ask both departments why, and look at its contacts.',
    ),
    auditorOnly: true,
    sql: `SELECT h.id, c.id AS contract_id, c.department_id, NULL::uuid AS contact_id, h.at AS since,
        jsonb_build_object('from', f.name, 'to', t.name, 'fromEn', coalesce(f.name_en, f.code), 'toEn', coalesce(t.name_en, t.code),
                           'actor', h.actor, 'reason', h.reason) AS facts
      FROM change h JOIN contract c ON c.id = h.contract_id
        JOIN department f ON f.id::text = h.before ->> 'departmentId' JOIN department t ON t.id::text = h.after ->> 'departmentId'
      WHERE h.subject = 'contract' AND h.before ? 'departmentId'`,
    what: ({ from, to, fromEn, toEn, actor }) =>
      words(
        `${String(from)}에서 ${String(to)}(으)로 옮겨졌습니다(${String(actor)}).`,
        `Moved from ${String(fromEn)} to ${String(toEn)} by ${String(actor)}.`,
      ),
  },
];
