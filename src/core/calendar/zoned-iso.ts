interface ZoneOffset {
  milliseconds: number;
  /** Writes an offset such as `+09:00`. */
  text: string;
}

interface Zone {
  formatter: Intl.DateTimeFormat;
  offsets: Map<number, ZoneOffset>;
}

const zones = new Map<string, Zone>();

/** Clocks are changed at full quarters of an hour: asking Intl costs far more than the rest of writing a time. */
const quarterHour = 900_000;
const offsetsKept = 50_000;

/** Writes an instant as people of the zone read it, such as `2026-03-04T10:00:00+09:00`. */
export function zonedIso(instant: Date, timeZone: string): string {
  const { milliseconds, text } = offsetAt(instant, timeZone);
  return new Date(instant.getTime() + milliseconds).toISOString().slice(0, 19) + text;
}

function offsetAt(instant: Date, timeZone: string): ZoneOffset {
  const zone = zoneOf(timeZone);
  const quarter = Math.floor(instant.getTime() / quarterHour);
  let offset = zone.offsets.get(quarter);
  if (!offset) {
    if (zone.offsets.size >= offsetsKept) zone.offsets.clear();
    const name = zone.formatter.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value;
    offset = offsetOf(name ?? 'GMT');
    zone.offsets.set(quarter, offset);
  }
  return offset;
}

/** Intl writes an offset as `GMT` or `GMT+09:00`. */
function offsetOf(name: string): ZoneOffset {
  const text = name.slice('GMT'.length) || '+00:00';
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6));
  return { milliseconds: (text.startsWith('-') ? -minutes : minutes) * 60_000, text };
}

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    const formatter = new Intl.DateTimeFormat('en-CA', { timeZone, timeZoneName: 'longOffset' });
    zones.set(timeZone, (zone = { formatter, offsets: new Map() }));
  }
  return zone;
}
