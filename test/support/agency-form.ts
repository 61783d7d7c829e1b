/** The form of the agency and of sending, as its page sends it where nothing was changed: each field of the page that must be there. */
export const agencyForm = {
  nameKo: '한빛시',
  nameEn: 'Hanbit City',
  locale: 'ko',
  currency: 'KRW',
  graceHours: '168',
  lateDays: '5',
  digestFrom: '3',
  importAskAbove: '100',
  callShare: '5',
  failureShare: '30',
  linkDomains: '',
};
