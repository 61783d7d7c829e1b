/**
 * Compares two amounts in digits, such as `2026.10` and `2026.1`, which are the same: negative when the first is less,
 * positive when it is more. A number would be exact to 15 digits only.
 */
export function compareAmounts(a: string, b: string): number {
  const [whole, fraction] = partsOf(a);
  const [otherWhole, otherFraction] = partsOf(b);
  return Number(whole - otherWhole) || fraction - otherFraction;
}

function partsOf(amount: string): [whole: bigint, fraction: number] {
  const [whole = '', fraction = ''] = amount.split('.');
  return [BigInt(whole), Number(`0.${fraction}`)];
}
