-- Coverage by department, kind, officer and month, straight from the tables, as docs/coverage.md defines it. It shares nothing with the
-- service's own statement: an auditor may run it with psql and compare. It takes no parameters.
--
-- One agency sends by one provider, so a brake on a sender or the instance stands for a brake on everything.
WITH
clock AS (
  SELECT coalesce((SELECT now FROM sandbox_clock), clock_timestamp()) AS now,
         (SELECT value ->> 'timeZone' FROM setting WHERE name = 'calendar' ORDER BY version DESC LIMIT 1) AS zone,
         (SELECT value ->> 'locale' FROM setting WHERE name = 'agency' ORDER BY version DESC LIMIT 1) AS locale
),
precedence (place, reason) AS (
  VALUES (1, 'no-contact'), (2, 'no-number'), (3, 'suppressed'), (4, 'failed'), (5, 'held'), (6, 'suspended'), (7, 'paused'),
         (8, 'unrecorded'), (9, 'number-added-late'), (10, 'contact-added-late'), (11, 'registered-late'), (12, 'rehearsal'),
         (13, 'withdrawn'), (14, 'waiting'), (15, 'no-dates'), (16, 'department-not-live')
),
-- Department brakes reach down the tree.
braked_department AS (
  WITH RECURSIVE down AS (
    SELECT target::uuid AS id FROM brake WHERE scope = 'department' AND released_at IS NULL
    UNION SELECT d.id FROM department d, down WHERE d.parent_id = down.id
  ) SELECT id FROM down
),
-- What was sent or missed of a milestone, and had fallen due.
fact AS NOT MATERIALIZED (
  SELECT milestone_id, due_at FROM alert, clock
  WHERE status = ANY (ARRAY['messaged', 'missed']) AND due_at <= now
),
timed AS (
  SELECT m.id AS milestone_id, c.id AS contract_id,
         CASE WHEN m.due_at > clock.now OR m.due_at IS NULL
              THEN coalesce((SELECT min(fact.due_at) FROM fact WHERE fact.milestone_id = m.id), m.due_at)
              ELSE m.due_at END AS due
  FROM milestone m, contract c, clock
  WHERE m.contract_id = c.id AND c.state IN ('signed', 'underway', 'suspended', 'completed', 'terminated')
    -- Codes that the contract's own version of the plan has, and not as optional.
    AND EXISTS (SELECT FROM setting plan WHERE (plan.name, plan.version) = (c.plan_name, c.plan_version)
      AND jsonb_path_exists(plan.value, '$.milestones[*] ? (@.code == $code && !(@.optional == true))',
                            jsonb_build_object('code', m.code)))
),
-- What has no day because the contract has no start, or no end: called for from the signing on, or from go-live on.
undated AS (
  SELECT timed.milestone_id, timed.contract_id, greatest(c.signed_on, d.go_live_on) AS since
  FROM timed JOIN contract c ON c.id = timed.contract_id JOIN department d ON d.id = c.department_id
    JOIN milestone m ON m.id = timed.milestone_id JOIN setting plan ON (plan.name, plan.version) = (c.plan_name, c.plan_version)
  WHERE due IS NULL AND NOT m.withdrawn AND c.state <> 'terminated' AND num_nulls(c.starts_on, c.ends_on) > 0
    AND jsonb_path_exists(plan.value, '$.milestones[*] ? (@.code == $code).**.type ? (@ == "starts" || @ == "ends" || @ == "share")',
                          jsonb_build_object('code', m.code))
),
dated AS (
  SELECT milestone_id, contract_id, due, date(timezone(clock.zone, due)) AS day FROM timed, clock WHERE due IS NOT NULL
  UNION ALL
  SELECT milestone_id, contract_id, timezone(clock.zone, since::timestamp), since FROM undated, clock
),
-- Minus what nobody was told or missed of, and that was history or went with a termination.
counted AS (
  SELECT * FROM dated
  EXCEPT
  SELECT dated.* FROM dated JOIN contract c ON c.id = dated.contract_id JOIN department d ON d.id = c.department_id
    JOIN milestone m ON m.id = dated.milestone_id
  WHERE NOT EXISTS (SELECT FROM fact WHERE fact.milestone_id = dated.milestone_id)
    AND ((dated.day < d.go_live_on
          -- Only what the contract came with, and came with in time, was before the service.
          AND dated.due <= (SELECT min(at) FROM change WHERE contract_id = c.id AND what = 'registered')
          AND d.go_live_on > (SELECT min(date(timezone(zone, at))) FROM change, clock WHERE contract_id = c.id AND what = 'registered')
          -- A date moved to before go-live makes no history of what was planned.
          AND NOT EXISTS (SELECT FROM alert a WHERE a.milestone_id = dated.milestone_id AND a.status IN ('held', 'planned')))
         OR (c.terminated_on IS NOT NULL AND c.state = 'terminated' AND m.occurred_on IS NULL
             AND least(dated.day, coalesce(m.date, m.expected_by)) > c.terminated_on))
),
-- The texts of a milestone that the provider took, by alert and number.
taken AS (
  SELECT a.milestone_id, a.contact_id, a.number_index, a.wording, g.status = 'delivered' AS delivered
  FROM alert a JOIN message g ON g.id = a.message_id
  WHERE g.status NOT IN ('sending', 'waiting', 'failed', 'held')
),
party AS (
  SELECT counted.milestone_id, counted.contract_id, p.id AS counterparty_id
  FROM counted JOIN counterparty p USING (contract_id)
),
-- To a contact of the counterparty, or to the number that one of its contacts shares with another contact.
reached AS (
  SELECT party.milestone_id, party.counterparty_id, taken.delivered, taken.wording
  FROM party JOIN contact t USING (contract_id, counterparty_id)
    JOIN taken ON taken.milestone_id = party.milestone_id
  WHERE taken.contact_id = t.id
     OR EXISTS (SELECT FROM alert c WHERE c.milestone_id = party.milestone_id AND c.contact_id = t.id AND c.status = 'covered'
                  AND c.number_index = taken.number_index)
),
-- The alerts that stand for an untold counterparty: its contacts' own, or those of whoever carries their number.
untold AS (
  SELECT * FROM party
  WHERE NOT EXISTS (SELECT FROM reached r WHERE r.milestone_id = party.milestone_id
                      AND r.counterparty_id = party.counterparty_id)
),
standing AS (
  SELECT u.counterparty_id, a.*, t.locale, t.phone_country
  FROM untold u JOIN contact t ON t.contract_id = u.contract_id AND t.counterparty_id = u.counterparty_id
      AND t.removed_at IS NULL
    JOIN alert a ON a.milestone_id = u.milestone_id AND a.contact_id = t.id AND a.status <> 'covered'
  UNION ALL
  SELECT u.counterparty_id, a.*, t.locale, t.phone_country
  FROM untold u JOIN contact t ON t.contract_id = u.contract_id AND t.counterparty_id = u.counterparty_id
      AND t.removed_at IS NULL
    JOIN alert covered ON covered.milestone_id = u.milestone_id AND covered.contact_id = t.id AND covered.status = 'covered'
    JOIN alert a ON a.milestone_id = u.milestone_id AND a.number_index = covered.number_index AND a.status <> 'covered'
),
-- What each of them says, in words; NULL: nothing that another contact would not say better.
said (milestone_id, counterparty_id, reason) AS (
  SELECT s.milestone_id, s.counterparty_id, s.reason FROM standing s
  WHERE s.status = 'held' AND s.reason IN ('suppressed', 'suspended')
  UNION ALL
  SELECT s.milestone_id, s.counterparty_id, 'held' FROM standing s
  WHERE s.status = 'held' AND s.reason NOT IN ('no-number', 'suppressed', 'suspended')
  UNION ALL
  SELECT s.milestone_id, s.counterparty_id, g.status FROM standing s JOIN message g ON g.id = s.message_id
  WHERE g.status IN ('failed', 'held')
  UNION ALL
  SELECT s.milestone_id, s.counterparty_id, CASE s.status WHEN 'history' THEN 'department-not-live' ELSE 'withdrawn' END
  FROM standing s WHERE s.status IN ('cancelled', 'history')
  UNION ALL
  SELECT s.milestone_id, s.counterparty_id,
         CASE WHEN s.reason IN ('rehearsal') THEN s.reason
              WHEN s.reason = 'suspended-too-long' THEN 'suspended'
              WHEN EXISTS (SELECT FROM milestone m WHERE (m.id, m.wording) = (s.milestone_id, 'neutral') AND m.occurred_on IS NULL)
                THEN 'unrecorded'
              WHEN s.reason IN ('number-added-late', 'contact-added-late') THEN s.reason
              -- The contract was known in time, and this contact of it was not.
              WHEN (SELECT dated.due FROM dated WHERE dated.milestone_id = s.milestone_id) BETWEEN
                     (SELECT min(at) FROM change WHERE contract_id = s.contract_id AND what = 'registered')
                     AND (SELECT max(at) - interval '1 microsecond' FROM change WHERE contract_id = s.contract_id
                            AND what = 'contact-added' AND subject_id = s.contact_id::text) THEN 'contact-added-late'
              ELSE 'registered-late' END
  FROM standing s WHERE s.status = 'missed'
  UNION ALL
  -- Neither out nor given up: it waits, or is braked.
  SELECT s.milestone_id, s.counterparty_id,
         CASE WHEN EXISTS (
           SELECT FROM brake b, clock LEFT JOIN message g ON g.id = s.message_id
           WHERE b.released_at IS NULL AND CASE b.scope
             WHEN 'department' THEN s.department_id IN (SELECT id FROM braked_department)
             WHEN 'route' THEN CASE WHEN g.id IS NULL
               THEN split_part(b.target, '/', 2) = coalesce(s.phone_country, '')
               ELSE b.target = concat(g.sender, '/', g.country) END
             WHEN 'template' THEN b.target = CASE WHEN g.id IS NOT NULL
               THEN (SELECT v.key FROM template_version v WHERE v.id = g.template_version_id)
               ELSE (SELECT key FROM
                       unnest(ARRAY[s.locale, clock.locale]) WITH ORDINALITY l (locale, l_at),
                       unnest(ARRAY[(SELECT code FROM milestone m WHERE m.id = s.milestone_id), 'default'])
                         WITH ORDINALITY c (code, c_at),
                       unnest(ARRAY[(SELECT kind FROM contract k WHERE k.id = s.contract_id), 'any'])
                         WITH ORDINALITY k (kind, k_at),
                       LATERAL (SELECT concat(l.locale, '/', k.kind, '/', c.code,
                                              CASE WHEN s.wording = 'neutral' THEN '.neutral' END) AS key) made
                     WHERE EXISTS (SELECT FROM template_version v WHERE v.key = made.key)
                     ORDER BY l_at, c_at, k_at LIMIT 1) END
             ELSE true END)
         THEN 'paused' ELSE 'waiting' END
  FROM standing s
  WHERE s.status = 'planned'
     OR s.message_id IN (SELECT id FROM message WHERE status IN ('sending', 'waiting'))
),
-- For each untold counterparty the first reason that fits, and of those the first for the milestone.
excuse AS (
  SELECT DISTINCT ON (u.milestone_id, u.counterparty_id) u.milestone_id,
         CASE WHEN u.milestone_id IN (SELECT milestone_id FROM undated) THEN 'no-dates'
              WHEN NOT EXISTS (SELECT FROM contact t WHERE t.contract_id = c.contract_id
                                 AND t.counterparty_id = u.counterparty_id AND t.removed_at IS NULL)
              THEN 'no-contact'
              WHEN NOT EXISTS (SELECT FROM contact t WHERE t.contract_id = c.contract_id
                                 AND t.counterparty_id = u.counterparty_id AND t.removed_at IS NULL
                                 AND t.phone_index IS NOT NULL) THEN 'no-number'
              ELSE coalesce(p.reason, 'withdrawn') END AS reason
  FROM untold u JOIN counted c USING (milestone_id)
    LEFT JOIN said ON said.milestone_id = u.milestone_id AND said.counterparty_id = u.counterparty_id
    LEFT JOIN precedence p ON p.reason = said.reason
  ORDER BY u.milestone_id, u.counterparty_id, p.place
),
first_excuse AS (
  SELECT DISTINCT ON (e.milestone_id) e.milestone_id, p.reason FROM excuse e JOIN precedence p USING (reason)
  ORDER BY e.milestone_id, p.place
),
undelivered AS (
  SELECT milestone_id FROM (SELECT milestone_id, counterparty_id FROM party
                            EXCEPT SELECT milestone_id, counterparty_id FROM reached WHERE delivered) without
),
judged AS (
  SELECT counted.*,
         CASE
           WHEN counted.due > (SELECT now FROM clock) THEN 'to-come'
           WHEN counted.milestone_id NOT IN (SELECT milestone_id FROM reached) THEN 'missed'
           WHEN counted.milestone_id IN (SELECT milestone_id FROM untold) THEN 'partly'
           WHEN counted.milestone_id IN (SELECT milestone_id FROM undelivered) THEN 'alerted'
           ELSE 'delivered' END AS outcome
  FROM counted
),
explained AS (
  SELECT judged.*,
         CASE WHEN outcome NOT IN ('partly', 'missed') THEN NULL
              WHEN judged.milestone_id IN (SELECT milestone_id FROM undated) THEN 'no-dates'
              ELSE coalesce(e.reason, 'no-contact') END AS reason,
         outcome <> 'to-come'
           AND judged.milestone_id IN (SELECT milestone_id FROM reached WHERE wording = 'neutral') AS neutral
  FROM judged LEFT JOIN first_excuse e USING (milestone_id)
)
SELECT d.code AS department, c.kind, c.officer_id::text AS officer, to_char(e.day, 'YYYY-MM') AS month, e.outcome, e.reason,
       count(*)::int AS milestones, count(*) FILTER (WHERE e.neutral)::int AS neutral
FROM explained e JOIN contract c ON c.id = e.contract_id JOIN department d ON d.id = c.department_id
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6;
