import type { NewDepartment } from '../departments/department.schema.js';

/** Hanbit City is invented: a newcomer finds it in a fresh sandbox, so that there is something to try. */
export const agency = {
  name: { ko: '한빛시', en: 'Hanbit City' },
  locale: 'ko',
  currency: 'KRW',
};

export const calendar = {
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
};

export const reportingChannels = {
  channels: [
    {
      name: { ko: '국민권익위원회 부패·공익신고', en: 'Anti-Corruption and Civil Rights Commission' },
      address: '1398',
      kind: 'telephone',
      hours: { ko: '평일 09:00–18:00', en: 'Weekdays 09:00–18:00' },
      languages: ['ko', 'en'],
      anonymous: true,
    },
    {
      name: { ko: '정부민원안내 콜센터', en: 'Government call centre' },
      address: '110',
      kind: 'telephone',
      hours: null,
      languages: ['ko'],
      anonymous: false,
    },
    {
      name: { ko: '청렴포털', en: 'Clean Portal' },
      address: 'clean.go.kr',
      kind: 'website',
      hours: null,
      languages: ['ko'],
      anonymous: true,
    },
  ],
};

interface FictionalDepartment extends NewDepartment {
  parentCode: string | null;
  officers: { staffNumber: string; name: string; phone: string }[];
}

/** Officers' numbers are of a range that no subscriber can hold. */
export const departments: FictionalDepartment[] = [
  {
    code: 'CITY',
    name: '한빛시',
    nameEn: 'Hanbit City',
    parentCode: null,
    officers: [{ staffNumber: 'H-0001', name: '오새벽', phone: '010-0000-9001' }],
  },
  {
    code: 'AUDIT',
    name: '감사담당관',
    nameEn: 'Audit Office',
    parentCode: 'CITY',
    officers: [{ staffNumber: 'H-0101', name: '윤슬기', phone: '010-0000-9101' }],
  },
  {
    code: 'ROADS',
    name: '도로과',
    nameEn: 'Roads',
    parentCode: 'CITY',
    officers: [
      { staffNumber: 'H-1042', name: '김하늘', phone: '010-0000-9042' },
      { staffNumber: 'H-1043', name: '박노을', phone: '010-0000-9043' },
    ],
  },
  {
    code: 'PARKS',
    name: '공원녹지과',
    nameEn: 'Parks',
    parentCode: 'CITY',
    officers: [{ staffNumber: 'H-2001', name: '이아람', phone: '010-0000-9201' }],
  },
  {
    code: 'WELFARE',
    name: '복지정책과',
    nameEn: 'Welfare',
    parentCode: 'CITY',
    officers: [{ staffNumber: 'H-3001', name: '정다솜', phone: '010-0000-9301' }],
  },
];
