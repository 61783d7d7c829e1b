/** What is wrong and what to do, in Korean; `{name}` stands for a part of the English message that `from` names. */
export interface KoreanWords {
  message: string;
  advice: string;
  /** Tells messages of one code apart, and takes from them what the Korean ones name too. */
  from?: RegExp;
}

/** By code; of several, the first whose `from` fits counts. */
export type KoreanByCode = Readonly<Record<string, KoreanWords | readonly KoreanWords[]>>;

export const words = (message: string, advice: string, from?: RegExp): KoreanWords => ({
  message,
  advice,
  ...(from && { from }),
});
