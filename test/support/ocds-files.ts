import { gzipSync } from 'node:zlib';
import { anAward, aPackage, aParty, aRelease, aSigned } from './ocds.js';
import type { SheetFile } from './sheet-files.js';

const json = (text: string) => () => Buffer.from(text);
const of = (...releases: unknown[]) => json(aPackage(...releases));
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const later = (rest: object) =>
  aRelease({
    id: 'r2',
    date: '2026-11-22T00:00:00Z',
    parties: undefined,
    awards: undefined,
    contracts: undefined,
    ...rest,
  });
const two = [aParty('S-1'), aParty('S-2', '010-0000-7102')];
const [first, second] = ['S-1', 'S-2'].map((id) => ({ id, name: `${id}건설` }));
const untitled = { tender: {}, contracts: [aSigned('C-1', { title: 'C-1' })] };
const classified = (scheme: string, id: unknown) => ({
  ...untitled,
  tender: { items: [{ id: '1', classification: { scheme, id } }] },
});

/** The contract of a release, unless a file says otherwise, once for each process. */
export function publishedValues(contracts: number): string[] {
  const one = 'C-1, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101';
  return Array.from({ length: contracts }, () => one);
}

/** Published files as the standard wants them, and as publishers make them. */
export const published: SheetFile[] = [
  {
    what: 'a release package',
    name: 'a.json',
    bytes: of(aRelease()),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a record package with compiled releases',
    name: 'a.json',
    bytes: json(JSON.stringify({ records: [{ ocid: 'ocds-zz0001-1', compiledRelease: aRelease() }] })),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a record package with its releases',
    name: 'a.json',
    bytes: json(JSON.stringify({ records: [{ ocid: 'ocds-zz0001-1', releases: [aRelease(), later({})] }] })),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'releases one a line',
    name: 'a.jsonl',
    bytes: json(
      [aRelease(), aRelease({ ocid: 'ocds-zz0001-2' })].map((one) => JSON.stringify(one)).join('\n'),
    ),
    outcome: { contracts: 2, codes: [] },
  },
  {
    what: 'packages behind each other, the later release first',
    name: 'a.json',
    bytes: json(aPackage(later({ tender: { id: 't', title: '고친 제목' } })) + aPackage(aRelease())),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'data of OCDS 1.0, the contact point in the award',
    name: 'a.json',
    bytes: of(
      aRelease({ parties: undefined, awards: [anAward('award-1', [{ ...aParty('S-1'), id: undefined }])] }),
    ),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'UTF-8 with its mark',
    name: 'a.json',
    bytes: json(`\ufeff${aPackage(aRelease())}`),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'UTF-16, as some systems export it',
    name: 'a.json',
    bytes: () => utf16(aPackage(aRelease())),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'UTF-16, the larger byte first',
    name: 'a.json',
    bytes: () => utf16(aPackage(aRelease())).swap16(),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'one id in two processes',
    name: 'a.json',
    bytes: of(aRelease(), aRelease({ ocid: 'ocds-zz0001-2' })),
    outcome: { contracts: 2, codes: [] },
  },
  {
    what: 'one contract for two awards, once for each',
    name: 'a.json',
    bytes: of(
      aRelease({
        parties: two,
        awards: [anAward('award-1', [first]), anAward('award-2', [second])],
        contracts: [aSigned('C-1'), aSigned('C-1', { awardID: 'award-2' })],
      }),
    ),
    outcome: { contracts: 1, codes: [] },
    values: [
      'C-1, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW; S-2건설 +821000007102; S-1건설 +821000007101',
    ],
  },
  {
    what: 'an empty list of contracts in a later release',
    name: 'a.json',
    bytes: of(aRelease(), later({ contracts: [], awards: [], parties: [] })),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'a number of 20 digits for an id',
    name: 'a.json',
    bytes: json(aPackage(aRelease()).replace('"C-1"', '20261125000000012345')),
    outcome: { contracts: 1, codes: [] },
    values: [
      '20261125000000012345, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101',
    ],
  },
  {
    what: 'an id with spaces',
    name: 'a.json',
    bytes: of(aRelease({ contracts: [aSigned('Vertrag 12 / 2026')] })),
    outcome: { contracts: 1, codes: ['reference-spaces'] },
    values: [
      'Vertrag-12-/-2026, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101',
    ],
  },
  {
    what: 'a supplier where a list belongs',
    name: 'a.json',
    bytes: of(aRelease({ awards: [anAward('award-1', first)] })),
    outcome: { contracts: 1, codes: ['list-expected'] },
  },
  {
    what: 'a contract that was signed after its end',
    name: 'a.json',
    bytes: of(aRelease({ contracts: [aSigned('C-1', { dateSigned: '2027-07-02' })] })),
    outcome: { contracts: 1, codes: ['signed-after-end'] },
    values: ['C-1, works, 한빛교 정비, 2027-07-02 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101'],
  },
  {
    what: 'an active contract without a day of signing',
    name: 'a.json',
    bytes: of(aRelease({ contracts: [aSigned('C-1', { dateSigned: undefined })] })),
    outcome: { contracts: 1, codes: ['signing-missing'] },
    values: ['C-1, works, 한빛교 정비, – to 2027-06-30, 1000000 KRW; S-1건설 +821000007101'],
  },
  {
    what: 'the kind by CPV alone',
    name: 'a.json',
    bytes: of(aRelease(classified('CPV', '45233130.0'))),
    outcome: { contracts: 1, codes: ['kind-by-cpv'] },
    values: ['C-1, works, C-1, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101'],
  },
  {
    what: 'the kind by UNSPSC alone, as a number',
    name: 'a.json',
    bytes: of(aRelease(classified('UNSPSC', 72103300))),
    outcome: { contracts: 1, codes: ['kind-guessed'] },
    values: ['C-1, works, C-1, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101'],
  },
  {
    what: 'the kind by the title alone',
    name: 'a.json',
    bytes: of(aRelease({ ...untitled, contracts: [aSigned('C-1', { title: '한빛교 정비공사 감리용역' })] })),
    outcome: { contracts: 1, codes: ['kind-guessed'] },
    values: [
      'C-1, service, 한빛교 정비공사 감리용역, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 +821000007101',
    ],
  },
  {
    what: 'two contracts of which nothing tells the kind',
    name: 'a.json',
    bytes: of(aRelease({ ...untitled, contracts: ['C-1', 'C-2'].map((id) => aSigned(id, { title: id })) })),
    outcome: { contracts: 0, codes: ['kind-unknown', 'kind-unknown'] },
  },
  {
    what: 'awards and no contracts',
    name: 'a.json',
    bytes: of(aRelease({ contracts: undefined })),
    outcome: { contracts: 0, codes: ['supplier-not-told'] },
  },
  {
    what: 'a contract of an award that is not there, and a supplier of another',
    name: 'a.json',
    bytes: of(aRelease({ contracts: [aSigned('C-1', { awardID: 'award-9' })] })),
    outcome: { contracts: 1, codes: ['supplier-not-told', 'suppliers-missing'] },
    values: ['C-1, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW'],
  },
  {
    what: 'a landline, and a number that is none',
    name: 'a.json',
    bytes: of(
      aRelease({
        parties: [aParty('S-1', '02-123-4567'), aParty('S-2', 'by letter')],
        awards: [anAward('award-1', [first, second])],
      }),
    ),
    outcome: { contracts: 1, codes: ['number-landline', 'number-letters'] },
    values: ['C-1, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 –; S-2건설 –'],
  },
  {
    what: 'a supplier without an address, whose number may be of any country',
    name: 'a.json',
    bytes: of(aRelease({ parties: [aParty('S-1', '010-0000-7101', { address: undefined })] })),
    outcome: { contracts: 1, codes: ['country-unknown', 'number-country-unknown'] },
    values: ['C-1, works, 한빛교 정비, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 –'],
  },
  {
    what: 'two parties under one id',
    name: 'a.json',
    bytes: of(aRelease({ parties: [aParty('S-1', '010-0000-7109', { name: '다른 업체' }), aParty('S-1')] })),
    outcome: { contracts: 1, codes: ['supplier-not-told'] },
  },
];

/** What is no OCDS, is broken, or is made to break the reader. */
export const hostileJson: SheetFile[] = [
  {
    what: 'a packed file (.gz)',
    name: 'a.json.gz',
    bytes: () => gzipSync(aPackage(aRelease())),
    outcome: { refused: 'format-gz' },
  },
  {
    what: 'a picture that is called .json',
    name: 'a.json',
    bytes: () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    outcome: { refused: 'format-picture' },
  },
  {
    what: 'JSON that is no OCDS: a map',
    name: 'a.json',
    bytes: json('{"type":"FeatureCollection","features":[{"type":"Feature"}]}'),
    outcome: { refused: 'json-not-ocds' },
  },
  {
    what: 'a list of objects that are no OCDS',
    name: 'a.json',
    bytes: json('[{"계약번호":"C-1"},{"계약번호":"C-2"}]'),
    outcome: { refused: 'json-not-ocds' },
  },
  {
    what: 'CSV that is called .json',
    name: 'a.json',
    bytes: json('계약번호,구분\nC-1,공사'),
    outcome: { refused: 'file-not-what-its-name-says' },
  },
  {
    what: 'an empty package',
    name: 'a.json',
    bytes: of(),
    outcome: { refused: 'ocds-empty' },
  },
  {
    what: 'a package that only links to its releases',
    name: 'a.json',
    bytes: json('{"records":[{"ocid":"o1","releases":[{"url":"https://hanbit.example/r1"}]}]}'),
    outcome: { contracts: 0, codes: ['releases-linked-only'] },
  },
  {
    what: 'a file that was cut off behind a release',
    name: 'a.json',
    bytes: json(`${aPackage(aRelease()).slice(0, -2)},{"ocid":"o2"`),
    outcome: { contracts: 1, codes: ['json-truncated'] },
  },
  {
    what: 'a release without an ocid, and one of 5,000 characters',
    name: 'a.json',
    bytes: of(aRelease({ ocid: undefined }), aRelease({ ocid: 'o'.repeat(5000) })),
    outcome: { contracts: 0, codes: ['ocid-missing', 'ocid-missing'] },
  },
  {
    what: 'a release that is not UTF-8',
    name: 'a.json',
    bytes: () => Buffer.from(aPackage(aRelease({ note: 'caf\u00e9' })), 'latin1'),
    outcome: { refused: 'release-malformed' },
  },
  {
    what: 'a text with NUL in it',
    name: 'a.json',
    bytes: of(aRelease({ language: 'k\u0000' })),
    outcome: { contracts: 0, codes: ['release-unreadable'] },
  },
  {
    what: 'a million brackets',
    name: 'a.json',
    bytes: json(`{"releases":${'['.repeat(1_000_000)}`),
    outcome: { refused: 'json-too-deep' },
  },
  {
    what: 'a release of 40 MB',
    name: 'a.json',
    bytes: of(aRelease({ note: 'x'.repeat(40_000_000) })),
    outcome: { refused: 'json-too-large' },
  },
  {
    what: 'members called __proto__ and constructor',
    name: 'a.json',
    bytes: json(
      aPackage(aRelease()).replace('"tag"', '"__proto__":{"id":"C-9"},"constructor":[{"id":"x"}],"tag"'),
    ),
    outcome: { contracts: 1, codes: [] },
  },
  {
    what: 'lists, texts and numbers where objects belong',
    name: 'a.json',
    bytes: of(
      aRelease({
        buyer: [1],
        tender: 'works',
        parties: 7,
        contracts: [aSigned('C-1', { title: '정비공사' }), 'C-2'],
      }),
    ),
    outcome: { contracts: 1, codes: ['country-unknown', 'kind-guessed', 'number-missing'] },
    values: ['C-1, works, 정비공사, 2026-12-01 to 2027-06-30, 1000000 KRW; S-1건설 –'],
  },
  {
    what: 'an id that begins like a formula, and one that is mark-up',
    name: 'a.json',
    bytes: of(aRelease({ contracts: [aSigned('=1+1'), aSigned('<b>C</b>')] })),
    outcome: { contracts: 0, codes: ['reference-unusable', 'reference-unusable'] },
  },
];
