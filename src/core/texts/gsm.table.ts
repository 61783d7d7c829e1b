/** GSM 03.38 (3GPP TS 23.038), the default alphabet: one septet each. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Its extension table: an escape and a character, two septets that never part. */
const extension = '\f^{}\\[~]|€';

/** Septets by UTF-16 code unit; 0: not in the alphabet. */
export const gsmSeptets = septetTable();

function septetTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const character of basic) table[character.charCodeAt(0)] = 1;
  for (const character of extension) table[character.charCodeAt(0)] = 2;
  return table;
}
