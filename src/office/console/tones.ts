/** How a state looks: `good`, `bad`, `wait` for what wants a look, `now` for what goes on, '' for what is past caring. */
export const alertTones: Record<string, string> = {
  planned: 'plan',
  claimed: 'now',
  messaged: 'now',
  held: 'wait',
  missed: 'bad',
  covered: '',
  history: '',
  cancelled: '',
};

export const messageTones: Record<string, string> = {
  sending: 'now',
  waiting: 'now',
  accepted: 'now',
  sent: 'now',
  delivered: 'good',
  failed: 'bad',
  held: 'wait',
  unconfirmed: 'wait',
};

/** Messages with the look of their state. */
export function withTones<T extends { status: string }>(messages: T[]) {
  return messages.map((message) => ({ ...message, tone: messageTones[message.status] }));
}
