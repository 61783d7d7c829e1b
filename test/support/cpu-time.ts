/**
 * Returns the milliseconds of the processor that the work took in this process, all its threads together. How busy the
 * machine is with other things hardly changes it, as it does the time by the clock.
 */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
