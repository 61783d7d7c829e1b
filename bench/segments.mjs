// `npm run bench -- segments`: counting a text's parts, against Twilio's calculator of npm.
import { SegmentedMessage } from 'sms-segments-calculator';
import { smsLength } from '../dist/src/core/texts/lengths.js';
import { median } from './ground.mjs';

export const options = { texts: 2000, rounds: 3 };

export async function measure(_folder, { texts: count, rounds: times }) {
  const texts = Array.from({ length: count }, (_, n) => kinds[n % kinds.length](n));
  const ours = (text) => {
    const { encoding, parts } = smsLength(text);
    return `${encoding} ${parts}`;
  };
  const theirs = (text) => {
    const message = new SegmentedMessage(text);
    return `${message.getEncodingName()} ${message.segmentsCount}`;
  };
  const mismatches = texts.filter((text) => ours(text) !== theirs(text));
  // What the service sends is timed; long ones and emoji are compared, too.
  const sent = texts.filter((_, n) => n % kinds.length < 2);
  const rounds = [];
  for (let n = 0; n < times; n += 1) {
    const ourUs = usOf(ours, sent, 200);
    const theirUs = usOf(theirs, sent.slice(0, count / 4), 1);
    rounds.push({ ourUs, theirUs, ratio: theirUs / ourUs });
  }
  const ratio = median(rounds.map((round) => round.ratio));
  console.error(
    `segments: ${rounds[0].ourUs.toFixed(2)} and ${rounds[0].theirUs.toFixed(0)} µs a text, ${ratio.toFixed(0)} times as fast as the calculator, ${mismatches.length} of ${count} counted otherwise`,
  );
  return { ratio, mismatches: mismatches.length, texts: count, rounds };
}

function usOf(count, texts, times) {
  const began = process.cpuUsage();
  for (let n = 0; n < times; n += 1) for (const text of texts) count(text);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / (texts.length * times);
}

/** Texts as they are sent, in Korean and in English; then long ones, signs of the extension table, and emoji. */
const kinds = [
  (n) =>
    `[한빛시] 중앙로 ${n}구간 보도정비공사(C-2026-${n}) 계약 체결을 축하드립니다. 부당한 요구를 받으시면 청렴포털(1398)로 알려 주십시오.`,
  (n) =>
    `[Hanbit City] Contract C-2026-${n} has been signed. If anybody asks you for a favour, tell the audit office: https://clean.example/${n}`,
  (n) => `[한빛시] ${'안내드립니다. '.repeat(n % 40)}${n}`,
  (n) => `Hanbit [${n}] {clean} ~ ${'x'.repeat(n % 330)} €`,
  (n) => `축하합니다 🎉 ${n} ${'👍'.repeat(n % 50)}`,
];
