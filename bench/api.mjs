// The service's REST API as the bench uses it to prepare a database.

/** In which it is about noon now, so that no window closes during a run. */
function zoneWhereItIsNoon() {
  const ahead = 12 - new Date().getUTCHours();
  // POSIX counts to the west.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

export function daysFromToday(n) {
  return new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
}

export class Api {
  constructor(url, key) {
    Object.assign(this, { url, key });
  }

  async call(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }

  /** A calendar on which texts may go out all day, and departments without a go-live day. Returns their ids. */
  async setUp(departments = 1) {
    await this.call('POST', '/calendar', {
      timeZone: zoneWhereItIsNoon(),
      country: 'KR',
      window: { from: '00:00', to: '23:59' },
      closed: [],
      open: Array.from({ length: 15 }, (_, i) => daysFromToday(i - 9)),
    });
    const ids = [];
    for (let n = 1; n <= departments; n += 1) {
      const made = await this.call('POST', '/departments', {
        code: `D${n}`,
        name: `도로${n}과`,
        nameEn: `Roads ${n}`,
      });
      ids.push(made.id);
    }
    return ids;
  }

  /** Signed three days ago: its one alert is due. */
  registerDue(departmentId, reference) {
    return this.#register({ departmentId, reference, signedOn: daysFromToday(-3) });
  }

  /** Its alerts fall due months from now: the contract is to be signed then. */
  registerPlanned(departmentId, reference) {
    const days = { signedOn: daysFromToday(50), startsOn: daysFromToday(100), endsOn: daysFromToday(400) };
    return this.#register({ departmentId, reference, ...days });
  }

  #register(contract) {
    return this.call('POST', '/contracts', {
      kind: 'works',
      title: '중앙로 보도정비공사',
      value: { amount: '110000000', currency: 'KRW' },
      counterparties: [{ name: '(주)새솔건설', contacts: [{ phone: '010-0000-9999', locale: 'ko' }] }],
      ...contract,
    });
  }
}
