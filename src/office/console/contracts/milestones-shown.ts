import { alertReasonWords, alertWords } from '../../../core/log/status-words.js';
import type { Words } from '../../../platform/words/words.js';
import type { TimelineEntry } from '../../../core/log/timeline.schema.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { alertTones, messageTones } from '../tones.js';

type Milestone = ContractView['milestones'][number];
type MessageEntry = Extract<TimelineEntry, { type: 'message' }>;
type AlertEntry = Extract<TimelineEntry, { type: 'alert' }>;

interface ShownAlert {
  id: string;
  who: string | null;
  number: string | null;
  dueAt: string;
  status: Words;
  tone: string;
  why: Words | null;
  neutral: boolean;
  messageId: string | null;
  text: string | null;
}

/** A contract's milestones in the order of their days, each with what became of its alerts. */
export function milestonesShown(contract: ContractView, timeline: TimelineEntry[]) {
  const messages = new Map(
    timeline.flatMap((entry) => (entry.type === 'message' ? [[entry.id, entry] as const] : [])),
  );
  const alerts = new Map(
    timeline.flatMap((entry) => (entry.type === 'alert' ? [[entry.id, entry] as const] : [])),
  );
  return contract.milestones
    .map((milestone) => {
      const shown = milestone.alerts.flatMap(({ id }) => alertShown(alerts.get(id), messages));
      return {
        ...milestone,
        alerts: shown,
        tone: toneOf(milestone, shown),
        sort: milestone.dueAt ?? `${milestone.expectedBy ?? '9999'}`,
      };
    })
    .sort((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0));
}

function alertShown(alert: AlertEntry | undefined, messages: Map<string, MessageEntry>): ShownAlert[] {
  if (!alert) return [];
  const message = alert.messageId === null ? undefined : messages.get(alert.messageId);
  return [
    {
      id: alert.id,
      who: alert.contact.name,
      number: alert.contact.number,
      dueAt: alert.at,
      status: message ? message.statusText : alertWords[alert.status],
      tone: (message ? messageTones[message.status] : alertTones[alert.status]) ?? '',
      why: message ? message.reasonText : alertReasonWords(alert.reason),
      neutral: alert.wording === 'neutral',
      messageId: alert.messageId,
      text: message?.text ?? null,
    },
  ];
}

/** The worst of what happened to its alerts marks the milestone. */
function toneOf(milestone: Milestone, alerts: ShownAlert[]): string {
  if (milestone.overdue) return 'bad';
  for (const tone of ['bad', 'wait', 'now', 'good', 'plan'])
    if (alerts.some((alert) => alert.tone === tone)) return tone;
  return '';
}
