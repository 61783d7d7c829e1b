// Loaded before the service: its calendar clock is wrong, and its monotonic clock goes on as it should.
const aheadMs = Number(process.env.CLOCK_AHEAD_SECONDS) * 1000;
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + aheadMs]));
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};
