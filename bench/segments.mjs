// `npm run bench -- segments`: counting a text's parts, against Twilio's calculator of npm.
import { SegmentedMessage } from 'sms-segments-calculator';
import { smsLength } from '../dist/src/core/texts/lengths.js';
import { median } from './ground.mjs';

export const options = { texts: 2000, rounds: 3 };

export async function measure(_folder, { texts: count, rounds: times }) {
  const texts = Array.from({ length: count }, (_, n) => textOf(n));
  const ours = (text) => {
    const { encoding, parts } = smsLength(text);
    return `${encoding} ${parts}`;
  };
  const theirs = (text) => {
    const message = new SegmentedMessage(text);
    return `${message.getEncodingName()} ${message.segmentsCount}`;
  };
  const mismatches = texts.filter((text) => ours(text) !== theirs(text));
  const rounds = [];
  for (let n = 0; n < times; n += 1) {
    const ourUs = usOf(ours, texts, 20);
    const theirUs = usOf(theirs, texts.slice(0, count / 4), 1);
    rounds.push({ ourUs, theirUs, ratio: theirUs / ourUs });
  }
  const ratio = median(rounds.map((round) => round.ratio));
  console.error(
    `segments: ${ratio.toFixed(0)} times as fast as the calculator, ${mismatches.length} of ${count} counted otherwise`,
  );
  return { ratio, mismatches: mismatches.length, texts: count, rounds };
}

function usOf(count, texts, times) {
  const began = process.cpuUsage();
  for (let n = 0; n < times; n += 1) for (const text of texts) count(text);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / (texts.length * times);
}

/** Texts as they are sent: Korean, English, long ones, signs of the extension table, and emoji. */
function textOf(n) {
  const kinds = [
    `[한빛시] 중앙로 ${n}구간 보도정비공사(C-2026-${n}) 계약 체결을 축하드립니다. 부당한 요구를 받으시면 청렴포털(1398)로 알려 주십시오.`,
    `[Hanbit City] Contract C-2026-${n} has been signed. If anybody asks you for a favour, tell the audit office: https://clean.example/${n}`,
    `[한빛시] ${'안내드립니다. '.repeat(n % 40)}${n}`,
    `Hanbit [${n}] {clean} ~ ${'x'.repeat(n % 330)} €`,
    `축하합니다 🎉 ${n} ${'👍'.repeat(n % 50)}`,
  ];
  return kinds[n % kinds.length];
}
