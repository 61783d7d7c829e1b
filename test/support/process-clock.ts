const timers = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'nextTick',
  'queueMicrotask',
  'performance',
  'hrtime',
] as const;

/** Sets the clock of this process; other processes' go on as they are, and so do timers. Take it back by `jest.useRealTimers()`. */
export function setProcessClock(aheadMs: number): void {
  jest.useFakeTimers({ now: Date.now() + aheadMs, doNotFake: [...timers] });
}
