import { type KoreanByCode, words } from './korean-words.js';

/** Of the rows of a sheet, their cells and their numbers. */
export const rowWords: KoreanByCode = {
  'reference-missing': [
    words(
      '계약에 id가 없습니다.',
      '제공 기관에 올바른 파일을 요청하거나 계약을 직접 등록해 주십시오.',
      /no id/,
    ),
    words('계약번호가 없는 행입니다.', '셀이 병합되어 있던 행까지 모든 행에 계약번호를 적어 주십시오.'),
  ],
  'reference-unusable': [
    words(
      '문자에 계약번호로 쓸 수 없는 id입니다(글자, 숫자와 . _ / ( ) - 만, 60자까지).',
      '상대방이 아는 번호로 계약을 직접 등록해 주십시오.',
      /The id/,
    ),
    words(
      '문자에 계약번호로 쓸 수 없는 값입니다.',
      '공백 없이 글자, 숫자와 . _ / ( ) - 만으로 60자까지 적어 주십시오.',
    ),
  ],
  'revision-unreadable': words('정수가 아닙니다.', '0, 1, 2와 같이 적어 주십시오.'),
  'kind-unknown': [
    words(
      '조달 구분이나 CPV 코드로 공사, 용역, 물품을 가릴 수 없습니다.',
      '계약을 직접 등록해 주십시오.',
      /CPV/,
    ),
    words('알 수 없는 구분입니다.', '공사, 용역, 물품, 위탁, 보조금, 인허가 가운데 하나를 적어 주십시오.'),
  ],
  'kind-missing': words('구분이 없습니다.', '구분을 적어 주십시오.'),
  'title-missing': words('계약명이 없습니다.', '계약명을 적어 주십시오.'),
  'counterparty-missing': words('업체명이 없습니다.', '업체명을 적어 주십시오.'),
  'dates-out-of-order': [
    words(
      '계약이 시작하는 날보다 먼저 끝납니다.',
      '날짜를 확인하여 계약을 직접 등록해 주십시오.',
      /ends before it starts\./,
    ),
    words(
      '끝나는 날({end})이 계약일({begin})보다 앞섭니다.',
      '날짜를 바로잡아 주십시오.',
      /\((?<end>[\d-]+)\) before it is signed \((?<begin>[\d-]+)\)/,
    ),
    words(
      '끝나는 날({end})이 시작하는 날({begin})보다 앞섭니다.',
      '날짜를 바로잡아 주십시오.',
      /\((?<end>[\d-]+)\) before it starts \((?<begin>[\d-]+)\)/,
    ),
    words('날짜의 앞뒤가 맞지 않습니다.', '날짜를 바로잡아 주십시오.'),
  ],
  'date-impossible': words('1990년부터 2100년 사이에 없는 날입니다.', '2026-03-02와 같이 적어 주십시오.'),
  'date-ambiguous': words(
    '어느 것이 월이고 일인지 알 수 없습니다.',
    '연도를 먼저 적어 주십시오: 2026-03-02.',
  ),
  'date-serial': words(
    '스프레드시트가 날짜 대신 쓰는 숫자입니다.',
    '열의 서식을 날짜로 바꾸어 다시 저장해 주십시오.',
  ),
  'date-unreadable': [
    words('1990년부터 2100년 사이의 날짜가 아닙니다.', '날짜를 직접 적어 주십시오.', /between/),
    words('읽을 수 없는 날짜입니다.', '2026-03-02와 같이 적어 주십시오.'),
  ],
  'period-unreadable': words(
    '기간의 첫날과 마지막 날을 알 수 없어 날짜를 가져오지 않았습니다.',
    '착공(착수)일과 준공(완료)일 열을 채워 주십시오.',
  ),
  'amount-unit': words(
    '천 단위 이상으로 적혀 있어 잘못 읽을 수 있습니다.',
    '전체 금액을 원 단위로 적어 주십시오.',
  ),
  'amount-unreadable': words('읽을 수 없는 금액입니다.', '12000000과 같이 숫자만 적어 주십시오.'),
  'currency-unknown': words('알 수 없는 통화입니다.', 'KRW, USD와 같이 적어 주십시오.'),
  'share-unreadable': words('지분율이 아닙니다.', '60과 같이 백분율로 적어 주십시오.'),
  'country-unknown': [
    words(
      '주소의 국가가 없거나 알 수 없어, +로 시작하는 번호만 읽습니다.',
      '+와 국가번호로 시작하는 번호를 직접 적어 주십시오.',
      /address/,
    ),
    words(
      '알 수 없는 국가여서, +와 국가번호로 시작하는 번호만 읽습니다.',
      '국가의 이름이나 KR과 같은 코드를 적어 주십시오.',
    ),
  ],
  'language-unknown': words(
    '이 언어의 문안이 없어 기관의 언어로 보냅니다.',
    '한국어 또는 English라고 적어 주십시오.',
  ),
  'basis-unknown': words(
    '알 수 없는 수신근거입니다.',
    '동의와 그 날짜, 계약, 법령 가운데 하나를 적어 주십시오.',
  ),
  'consent-undated': words(
    '동의는 받은 날과 함께 보관하는데, 그 날이 없습니다.',
    '뒤에 날짜를 적어 주십시오: 동의(2026-03-02).',
  ),
  'text-unreadable': words('읽을 수 없는 글자가 있습니다.', '파일을 "CSV UTF-8"로 저장해 주십시오.'),
  'text-too-long': words('{count}자나 됩니다.', '줄여 주십시오.', /has (?<count>\d+) characters/),
  'lines-apart': words(
    '{line}행의 계약에 속하는데, 그 사이에 다른 계약이 있습니다.',
    '그 계약에 더했습니다. 계약번호가 맞는지 확인해 주십시오.',
    /line (?<line>\d+)/,
  ),
  'lines-too-far-apart': words(
    '이 행의 계약은 훨씬 위에 있어 이미 처리되었습니다.',
    '한 계약의 행이 이어지도록 계약번호로 정렬해 주십시오.',
  ),
  'too-many-lines': words(
    '한 계약의 행이 {count}개를 넘습니다.',
    '계약마다 계약번호가 따로 있는지 확인해 주십시오.',
    /more than (?<count>\d+) rows/,
  ),
  'lines-differ': words(
    '같은 계약의 {line}행과 다릅니다: {fields}. {line}행을 따랐습니다.',
    '한 계약의 행은 서로 같아야 합니다.',
    /from line (?<line>\d+) of the same contract in: (?<fields>[^.]+)\./,
  ),
  'row-too-wide': words(
    '행에 칸이 {cells}개, 제목은 {headings}개여서 칸이 밀렸을 수 있습니다.',
    '쉼표가 든 칸은 "12,000,000"과 같이 따옴표로 묶어 주십시오.',
    /has (?<cells>\d+) cells and the headings (?<headings>\d+)/,
  ),
  'row-too-long': words(
    '끝나지 않는 행입니다. 따옴표가 닫히지 않았거나 지나치게 깁니다.',
    '이 줄에 짝이 없는 " 가 있는지 확인해 주십시오.',
  ),
  'row-malformed': words('행을 칸으로 나눌 수 없습니다.', '스프레드시트에서 파일을 다시 저장해 주십시오.'),
  'cell-too-long': words('32,767자가 넘는 칸입니다.', '줄여 주십시오.'),
  'cell-error': words(
    '스프레드시트의 오류 값({shown})입니다.',
    '수식을 고치거나 값을 직접 적어 주십시오.',
    /\((?<shown>[^)]*)\)/,
  ),
  'cell-unreadable': words('숫자라고 되어 있으나 다른 것이 들어 있는 칸입니다.', '값을 다시 적어 주십시오.'),
  'cell-text-missing': words(
    '통합 문서에 없는 글을 가리키는 칸입니다.',
    '스프레드시트 프로그램에서 열어 다시 저장해 주십시오.',
  ),
  'formula-uncalculated': words(
    '수식의 결과가 저장되지 않았습니다.',
    '스프레드시트 프로그램에서 열어 다시 저장하거나, 수식 대신 값을 붙여 넣어 주십시오.',
  ),
  'digits-lost': words(
    '15자리가 넘는 숫자여서 스프레드시트가 끝자리를 0으로 바꾸었습니다.',
    '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.',
  ),
  'digits-rounded': words(
    '스프레드시트가 반올림한 번호입니다(1.01E+09와 같은 모양).',
    '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.',
  ),
  'value-became-date': words(
    '스프레드시트가 날짜로 바꾸어 원래 값을 알 수 없습니다.',
    '열의 서식을 텍스트로 바꾸고 값을 다시 적어 주십시오.',
  ),
  'zeros-restored': words(
    '사업자등록번호 앞의 0이 빠져 있어 다시 붙였습니다.',
    '0이 빠지지 않도록 열의 서식을 텍스트로 바꾸어 주십시오.',
  ),
  'number-zero-restored': words(
    '번호 앞의 0이 빠져 있어 다시 붙였습니다.',
    '0이 빠지지 않도록 열의 서식을 텍스트로 바꾸어 주십시오.',
  ),
  'number-missing': words('번호가 없습니다.', '상대방에게 휴대전화 번호를 물어 적어 주십시오.'),
  'number-letters': words('번호가 아닌 것이 섞여 있습니다.', '숫자만 남겨 주십시오. 이름은 따로 적습니다.'),
  'number-rounded': words(
    '스프레드시트가 반올림한 번호입니다(1.01E+09와 같은 모양).',
    '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.',
  ),
  'number-extension': words(
    '내선번호가 있어 문자가 갈 수 없습니다.',
    '내선이 없는 휴대전화 번호를 적어 주십시오.',
  ),
  'number-several': words('번호가 여러 개로 보입니다.', '번호는 하나만 적고, 다른 사람은 행을 따로 둡니다.'),
  'number-country-unknown': words(
    '상대방의 국가를 알 수 없고 번호에 국가번호가 없습니다.',
    '주소의 국가를 적거나, +와 국가번호로 시작하게 적어 주십시오.',
  ),
  'number-too-short': words(
    '주소의 국가에서 쓰기에는 짧은 번호입니다.',
    '빠진 숫자가 있는지 확인해 주십시오.',
  ),
  'number-too-long': words(
    '주소의 국가에서 쓰기에는 긴 번호입니다.',
    '숫자가 더 들어갔는지 확인해 주십시오.',
  ),
  'number-impossible': words(
    '주소의 국가에 없는 번호입니다.',
    '번호를 확인해 주십시오. 다른 나라의 번호는 +와 국가번호로 시작합니다.',
  ),
  'number-ambiguous': words(
    '앞의 0이나 +가 빠져 두 가지로 읽힐 수 있습니다.',
    '앞의 0을 넣거나, +와 국가번호로 시작하게 적어 주십시오.',
  ),
  'number-withdrawn': words(
    '휴대전화 번호는 010으로 시작합니다. 011과 016~019는 회수되었습니다.',
    '상대방에게 010 번호를 물어 주십시오.',
  ),
  'number-fiction': words('실제로 쓰이지 않는 가상의 번호입니다.', '실제 번호를 적어 주십시오.'),
  'number-landline': words('문자를 받지 못하는 유선전화입니다.', '휴대전화 번호를 적어 주십시오.'),
  'number-not-mobile': words(
    '휴대전화 번호가 아닙니다(대표번호, 인터넷전화 등).',
    '휴대전화 번호를 적어 주십시오.',
  ),
  'revision-older': words(
    '{reference}의 {stated}차는 지금의 {known}차보다 오래된 것이어서 반영하지 않았습니다.',
    '차수가 틀리지 않았다면 할 일은 없습니다.',
    /Revision (?<stated>\d+) of (?<reference>\S+) is older than revision (?<known>\d+)/,
  ),
  'revision-corrected': words(
    '{reference}이(가) 같은 차수에 다른 내용으로 들어와 정정으로 보았습니다.',
    '계약의 이력을 확인해 주십시오.',
    /^(?<reference>\S+)/,
  ),
  'department-unknown': words(
    '없는 부서이거나 담당이 아닌 부서입니다.',
    '부서의 이름이나 코드를 정확히 적어 주십시오.',
  ),
  'go-live-later': words(
    '적힌 부서의 시행일이 계약이 있던 부서보다 늦어, 그 사이의 안내가 사라지게 됩니다.',
    '계약이 있던 부서를 적어 주십시오.',
  ),
  'department-braked': words(
    '적힌 부서와 계약이 있던 부서 가운데 한쪽만 발송이 중지되어 있습니다.',
    '발송을 다시 시작한 뒤 올리거나, 계약이 있던 부서를 적어 주십시오.',
  ),
  'department-missing': words(
    '부서가 적혀 있지 않고, 파일에도 정해진 부서가 없습니다.',
    '부서를 적거나, 파일을 올릴 때 부서를 정해 주십시오.',
  ),
  'officer-unknown': words(
    '부서에 이 이름이나 직원번호의 담당자가 없거나 여럿입니다.',
    '직원번호를 적거나, 계약에서 담당자를 골라 주십시오.',
  ),
  'twin-not-previewed': words(
    '같은 계약이 파일에 여러 번, 서로 멀리 떨어져 있어 함께 미리 볼 수 없습니다. 앞의 행이 없는 것처럼 보여 줍니다.',
    '정확히 보려면 계약번호와 차수로 정렬해 주십시오. 반영할 때는 모두 반영합니다.',
  ),
};
