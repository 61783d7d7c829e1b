/** What people read is in both languages. */
export interface Words {
  ko: string;
  en: string;
}

export const words = (ko: string, en: string): Words => ({ ko, en });
