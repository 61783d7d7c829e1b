import { getCountries } from 'libphonenumber-js/max';

/** ISO 3166-1: alpha-2 and alpha-3 in one word, because Intl knows no alpha-3. */
const alpha3 =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH ' +
  'BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT ' +
  'BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB ' +
  'CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ' +
  'ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB ' +
  'GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ' +
  'ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM ' +
  'KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY ' +
  'MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT ' +
  'MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU ' +
  'NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT ' +
  'REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR ' +
  'SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS ' +
  'TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN ' +
  'VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE';

/** Names that people write and that Intl's own lists do not hold. */
const aliases: Record<string, string> = {
  AE: 'UAE',
  AU: '호주',
  BN: 'Brunei Darussalam',
  BO: 'Bolivia, Plurinational State of|Plurinational State of Bolivia',
  CD: 'Democratic Republic of the Congo|Congo, The Democratic Republic of the|DR Congo|DRC|Zaire',
  CG: 'Congo|Republic of the Congo',
  CI: 'Ivory Coast',
  CN: "People's Republic of China|PRC|중화인민공화국",
  CV: 'Cabo Verde',
  CZ: 'Czech Republic|체코공화국',
  FM: 'Federated States of Micronesia|Micronesia, Federated States of',
  GB:
    'UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|잉글랜드|스코틀랜드|웨일스|' +
    'United Kingdom of Great Britain and Northern Ireland',
  GR: 'Hellenic Republic',
  HK: 'Hong Kong|Hong Kong SAR|홍콩',
  IR: 'Iran, Islamic Republic of|Islamic Republic of Iran',
  KP:
    "Democratic People's Republic of Korea|Korea, Democratic People's Republic of|DPRK|" +
    '조선민주주의인민공화국',
  KR: 'Korea|Republic of Korea|Korea, Republic of|Korea (South)|S. Korea|ROK|한국|남한|코리아',
  LA: "Lao People's Democratic Republic|Lao PDR",
  MD: 'Moldova, Republic of',
  MK: 'Macedonia|FYROM',
  MM: 'Burma|버마',
  MO: 'Macau|Macao SAR|마카오',
  PS: 'State of Palestine|Palestine, State of|팔레스타인',
  RU: 'Russian Federation',
  SK: 'Slovak Republic',
  SY: 'Syrian Arab Republic',
  SZ: 'Swaziland',
  TL: 'East Timor',
  TR: 'Turkey|터키',
  TW: 'Republic of China|Taiwan, Province of China|Chinese Taipei|타이완|중화민국',
  TZ: 'United Republic of Tanzania|Tanzania, United Republic of',
  US: 'USA|United States of America|America|미합중국|아메리카합중국',
  VA: 'Holy See',
  VE: 'Venezuela, Bolivarian Republic of|Bolivarian Republic of Venezuela',
  VN: 'Viet Nam|Socialist Republic of Vietnam|월남',
};

let known: Map<string, string> | undefined;

/**
 * Returns the ISO 3166-1 alpha-2 code of a country named in English or Korean or by a two- or three-letter code; it
 * is null when unknown.
 */
export function countryOf(name: string): string | null {
  known ??= allNames();
  const wanted = plain(name);
  if (wanted === '') return null;
  return known.get(wanted) ?? known.get(plain(withoutForm(name))) ?? null;
}

function allNames(): Map<string, string> {
  const names = new Map<string, string>();
  const add = (name: string | undefined, code: string) => {
    if (name && !names.has(plain(name))) names.set(plain(name), code);
  };
  for (const code of getCountries()) add(code, code);
  for (const [code, list] of Object.entries(aliases)) for (const name of list.split('|')) add(name, code);
  for (const pair of alpha3.split(' '))
    for (const name of [pair.slice(0, 2), pair.slice(2)]) add(name, pair.slice(0, 2));
  for (const style of ['long', 'short'] as const) {
    const lists = ['en', 'ko'].map(
      (l) => new Intl.DisplayNames(l, { type: 'region', style, fallback: 'none' }),
    );
    for (const code of getCountries()) for (const list of lists) add(list.of(code), code);
  }
  return names;
}

function withoutForm(name: string): string {
  return name.replace(/^\s*(the\s+)?(republic|kingdom|state)\s+of\s+(the\s+)?/i, '');
}

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/&/g, 'and')
    .replace(/\bst\.?\s/g, 'saint ')
    .replace(/^\s*the\s+/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}
