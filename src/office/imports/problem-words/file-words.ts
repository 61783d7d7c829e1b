import { type KoreanByCode, words } from './korean-words.js';

const saveAgain = '스프레드시트 프로그램에서 열어 .xlsx로 다시 저장한 뒤 올려 주십시오.';
const saveAsXlsx = '엑셀에서 열어 "다른 이름으로 저장"에서 "Excel 통합 문서(.xlsx)"를 고른 뒤 올려 주십시오.';
const copyTable = '표를 엑셀에 붙여 넣고 .xlsx로 저장한 뒤 올려 주십시오.';

/** Of a file as a whole. */
export const fileWords: KoreanByCode = {
  'file-empty': words('파일에 내용이 없습니다.', '올바른 파일, 올바른 시트인지 확인해 주십시오.'),
  'file-too-large': words('파일이 200 MB보다 큽니다.', '나누어 차례로 올려 주십시오.'),
  'file-missing': words('파일이 없습니다.', '파일을 골라 주십시오.'),
  'multipart-needed': words(
    '파일을 multipart/form-data로 보내야 합니다.',
    'file이라는 이름의 칸에 파일을 넣어 보내 주십시오.',
  ),
  'file-not-what-its-name-says': words(
    '파일의 이름(확장자)과 내용이 서로 다릅니다.',
    '올바른 파일을 고르거나, 내용에 맞는 확장자를 붙여 주십시오.',
  ),
  'format-xls': words('예전 형식의 엑셀 파일(.xls)입니다.', saveAsXlsx),
  'format-xlsb': words('이진 형식의 엑셀 파일(.xlsb)입니다.', saveAsXlsx),
  'format-xlsm': words('매크로가 든 엑셀 파일(.xlsm)이어서 받지 않습니다.', saveAsXlsx),
  'format-ods': words('OpenDocument 파일(.ods, .odt)입니다.', '시트를 .xlsx로 저장한 뒤 올려 주십시오.'),
  'format-locked': words(
    '암호로 보호된 파일이거나 예전 형식의 엑셀 파일입니다.',
    '암호를 풀고(파일 > 정보 > 통합 문서 보호) .xlsx로 저장한 뒤 올려 주십시오.',
  ),
  'format-hwp': words('한글 문서(.hwp, .hwpx)입니다.', copyTable),
  'format-document': words('글 문서입니다.', copyTable),
  'format-pdf': words('PDF의 표는 정확히 읽을 수 없습니다.', 'PDF를 만드는 데 쓴 시트를 올려 주십시오.'),
  'format-html': words('.xls라는 이름으로 내려받았더라도 실제로는 웹 페이지(HTML, XML)입니다.', saveAsXlsx),
  'not-text': words('텍스트 파일이 아닙니다.', '스프레드시트에서 .xlsx 또는 "CSV UTF-8"로 저장해 주십시오.'),
  'mixed-encoding': words(
    'UTF-8로 시작했으나 여기부터는 다른 방식으로 적혀 있습니다.',
    '스프레드시트에서 "CSV UTF-8"로 다시 저장해 주십시오.',
  ),
  'not-a-workbook': words(
    '엑셀 통합 문서(.xlsx)가 아닌 압축 파일입니다.',
    '원래 프로그램에서 열어 .xlsx나 CSV(UTF-8)로 저장해 주십시오.',
  ),
  'workbook-malformed': words('통합 문서가 손상되었거나 통합 문서가 아닙니다.', saveAgain),
  'workbook-doctype': words(
    '통합 문서에 스프레드시트 프로그램이 쓰지 않는 문서 형식 선언이나 개체가 있습니다.',
    saveAgain,
  ),
  'workbook-macros': words(
    '매크로가 든 통합 문서여서 받지 않습니다.',
    '"Excel 통합 문서(.xlsx)"로 저장하면 매크로가 빠집니다.',
  ),
  'workbook-locked': words(
    '암호로 보호된 파일입니다.',
    '암호를 풀고(파일 > 정보 > 통합 문서 보호) 다시 저장해 주십시오.',
  ),
  'workbook-too-many-parts': words(
    '통합 문서를 이루는 부분이 너무 많습니다.',
    '그림 없이 시트만 새 통합 문서에 복사하여 올려 주십시오.',
  ),
  'workbook-too-many-sheets': words(
    '통합 문서에 시트가 너무 많습니다.',
    '계약 시트만 새 통합 문서에 복사하여 올려 주십시오.',
  ),
  'workbook-too-many-texts': words('통합 문서에 글이 너무 많습니다.', '나누어 차례로 올려 주십시오.'),
  'workbook-unpacks-too-large': words(
    '압축을 풀면 계약 시트로 볼 수 없을 만큼 커집니다.',
    '행만 새 통합 문서에 복사하여 올려 주십시오.',
  ),
  'too-many-merged-cells': words('병합된 셀이 너무 많습니다.', '병합을 풀고 값을 채워 주십시오.'),
  'too-many-rows': words(
    '행이 {rows}개를 넘습니다.',
    '나누어 차례로 올려 주십시오.',
    /more than (?<rows>\d+) rows/,
  ),
  'too-many-columns': words(
    '열이 {columns}개를 넘습니다.',
    '{columns}개까지만 남겨 주십시오.',
    /more than (?<columns>\d+) columns/,
  ),
  'headings-missing': words(
    '없는 제목이 있습니다: {missing}. 찾은 제목: {found}. 필요한 제목: {expected}.',
    '처음 20행 가운데 한 행에 열의 제목을 적거나, 각 열이 무엇인지 알려 주십시오.',
    /missing: (?<missing>.*)\. Found: (?<found>.*)\. Expected: (?<expected>.*)\.$/s,
  ),
  'headings-repeated': words(
    '뜻이 같은 제목이 둘 있습니다: {pairs}.',
    '하나만 남기거나, 어느 열을 읽을지 알려 주십시오.',
    /same: (?<pairs>.*)\.$/s,
  ),
  'columns-ignored': words(
    '읽지 않은 열이 있습니다: {columns}.',
    '읽어야 하는 열이면 제목을 바꾸거나 무엇인지 알려 주십시오.',
    /read: (?<columns>.*)\.$/s,
  ),
  'amounts-in-unit': words(
    '제목에 적힌 대로 금액을 {unit} 단위로 읽었습니다.',
    '금액 한두 개를 확인해 주십시오.',
    /read in (?<unit>[^,]+),/,
  ),
  'amount-unit-unclear': words(
    '금액 열의 제목과 표 위의 제목에 적힌 단위가 서로 다릅니다.',
    '하나만 남기거나, 전체 금액을 원 단위로 적어 주십시오.',
  ),
  'sheet-hidden': words(
    '계약이 숨겨진 시트({name})에 있고, 보이는 시트는 비어 있습니다.',
    '시트 숨기기를 취소하고 다시 저장해 주십시오.',
    /sheet \((?<name>.*)\), and/s,
  ),
  'sheets-not-read': words(
    '"{read}" 시트만 읽었습니다. 다음 시트에도 계약이 있습니다: {others}.',
    '시트마다 파일을 따로 만들어 올려 주십시오.',
    /sheet "(?<read>.*)" was read; these hold contracts too: (?<others>.*)\.$/s,
  ),
  'rows-hidden': words(
    '숨겨진 행 {count}개도 다른 행과 똑같이 읽었습니다({lines}).',
    '읽지 않을 행은 지워 주십시오. 숨기거나 필터로 걸러도 달라지지 않습니다.',
    /^(?<count>\d+) .*\((?<lines>.*)\)/,
  ),
  'columns-hidden': words(
    '숨겨진 열도 다른 열과 똑같이 읽었습니다({columns}).',
    '읽지 않을 열은 지우거나, 열을 정할 때 빼 주십시오.',
    /\((?<columns>.*)\)/,
  ),
  'merged-cells-filled': words(
    '병합된 셀의 값을 옆의 모든 행에 적용했습니다({line}행부터 {count}칸).',
    '병합된 셀이 그 계약의 행에만 걸쳐 있는지 확인해 주십시오.',
    /\((?<count>\d+) cells, from line (?<line>\d+) on\)/,
  ),
};
