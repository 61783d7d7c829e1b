import { type AppError, defineProblems } from '../../platform/app-error.js';
import { defineFindings, type Finding, findingWords } from '../../platform/findings.js';
import { defineWords, type Phrase, words, type Words } from '../../platform/words/words.js';

const asText = '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.';
const saveAsXlsx = '엑셀에서 열어 "다른 이름으로 저장"에서 "Excel 통합 문서(.xlsx)"를 고른 뒤 올려 주십시오.';
const saveAsWorkbook = 'open it in Excel, choose "Save As" and "Excel Workbook (.xlsx)", and bring that.';
const copyTable = '표를 엑셀에 붙여 넣고 .xlsx로 저장한 뒤 올려 주십시오.';

/** Makes what is wrong with a file's headings, rows, contracts or releases. */
export const importFinding = defineFindings({
  // A sheet as a whole.
  'file-empty': [
    '파일에 내용이 없습니다.',
    'The file holds no rows.',
    '올바른 파일, 올바른 시트인지 확인해 주십시오.',
    'Check that the right sheet was saved.',
  ],
  'rows-missing': [
    '제목만 있고 그 아래에 행이 없습니다.',
    'There are headings, and no rows below them.',
    '계약이 적힌 시트를 저장했는지, 제목 행이 맞는지 확인해 주십시오.',
    'Check that the sheet with the contracts was saved, and that this is the row of the headings.',
  ],
  'sheet-hidden': [
    '계약이 숨겨진 시트({name})에 있고, 보이는 시트는 비어 있습니다.',
    'The contracts stand on a hidden sheet ({name}), and the visible ones are empty.',
    '시트 숨기기를 취소하고 다시 저장해 주십시오.',
    'Unhide the sheet, and save the file again.',
  ],
  'sheets-not-read': [
    '"{read}" 시트만 읽었습니다. 다음 시트에도 계약이 있습니다: {others}.',
    'Only the sheet "{read}" was read; these hold contracts too: {others}.',
    '시트마다 파일을 따로 만들어 올려 주십시오.',
    'Bring every sheet in a file of its own.',
  ],
  'headings-missing': [
    '없는 제목이 있습니다: {missing}. 찾은 제목: {found}. 필요한 제목: {expected}.',
    'Headings are missing: {missing}. Found: {found}. Expected: {expected}.',
    '처음 {rows}행 가운데 한 행에 열의 제목을 적거나, 각 열이 무엇인지 알려 주십시오.',
    'Name the columns in one of the first {rows} rows, or say what each column is.',
  ],
  'headings-repeated': [
    '뜻이 같은 제목이 둘 있습니다: {pairs}.',
    'Two headings mean the same: {pairs}.',
    '하나만 남기거나, 어느 열을 읽을지 알려 주십시오.',
    'Leave one column of each, or say which of them is to be read.',
  ],
  'columns-ignored': [
    '읽지 않은 열이 있습니다: {columns}.',
    'These columns are not read: {columns}.',
    '읽어야 하는 열이면 제목을 바꾸거나 무엇인지 알려 주십시오.',
    'Rename a column that should be read, or say what it is.',
  ],
  'amounts-in-unit': [
    '제목에 적힌 대로 금액을 {unit} 단위로 읽었습니다.',
    'Amounts were read in {unit}, as the heading or the title says.',
    '금액 한두 개를 확인해 주십시오.',
    'Check an amount or two.',
  ],
  'amount-unit-unclear': [
    '금액 열의 제목과 표 위의 제목에 적힌 단위가 서로 다릅니다.',
    'The heading of the amounts names one unit, and the title above the table another.',
    '하나만 남기거나, 전체 금액을 원 단위로 적어 주십시오.',
    'Leave one of them, or write whole amounts in 원.',
  ],

  // The rows of a sheet.
  'row-too-wide': [
    '행에 칸이 {cells}개, 제목은 {headings}개여서 칸이 밀렸을 수 있습니다.',
    'The row has {cells} cells and the headings {headings}, so its cells may have shifted.',
    '쉼표가 든 칸은 "12,000,000"과 같이 따옴표로 묶어 주십시오.',
    'Put quotes around a cell that holds the separator, such as "12,000,000".',
  ],
  'lines-apart': [
    '{line}행의 계약에 속하는데, 그 사이에 다른 계약이 있습니다.',
    'It belongs to the contract of line {line}, with other contracts in between.',
    '그 계약에 더했습니다. 계약번호가 맞는지 확인해 주십시오.',
    'It was added to that contract; check that the number is right.',
  ],
  'lines-too-far-apart': [
    '이 행의 계약은 훨씬 위에 있어 이미 처리되었습니다.',
    'Its contract stands far above and has been read already.',
    '한 계약의 행이 이어지도록 계약번호로 정렬해 주십시오.',
    'Sort the sheet by contract number, so that the rows of a contract follow each other.',
  ],
  'too-many-lines': [
    '한 계약의 행이 {rows}개를 넘습니다.',
    'The contract has more than {rows} rows.',
    '계약마다 계약번호가 따로 있는지 확인해 주십시오.',
    'Check the contract number, which each contract has for itself.',
  ],
  'lines-differ': [
    '같은 계약의 {line}행과 다릅니다: {fields}. {line}행을 따랐습니다.',
    'It differs from line {line} of the same contract in: {fields}. Line {line} was taken.',
    '한 계약의 행은 서로 같아야 합니다.',
    'Make the rows of a contract agree.',
  ],
  'twin-not-previewed': [
    '같은 계약이 파일에 여러 번, 서로 멀리 떨어져 있어 함께 미리 볼 수 없습니다. 앞의 행이 없는 것처럼 보여 줍니다.',
    'The file states this contract several times, too far apart to preview them together: this line is shown as if the earlier ones were not there.',
    '정확히 보려면 계약번호와 차수로 정렬해 주십시오. 반영할 때는 모두 반영합니다.',
    'Sort the sheet by contract number and revision to see it exactly; applying takes all of them.',
  ],
  'reference-missing': [
    '계약번호가 없는 행입니다.',
    'The row names no contract.',
    '셀이 병합되어 있던 행까지 모든 행에 계약번호를 적어 주십시오.',
    'Write the contract number on every row, also where the spreadsheet had merged cells.',
  ],
  'reference-unusable': [
    '문자에 계약번호로 쓸 수 없는 값입니다.',
    'It cannot stand in a text as a contract number.',
    '공백 없이 글자, 숫자와 . _ / ( ) - 만으로 60자까지 적어 주십시오.',
    'Use at most 60 letters, digits, and . _ / ( ) -, without spaces.',
  ],
  'kind-missing': ['구분이 없습니다.', 'The kind is missing.', '구분을 적어 주십시오.', 'Fill in the kind.'],
  'title-missing': [
    '계약명이 없습니다.',
    'The title is missing.',
    '계약명을 적어 주십시오.',
    'Fill in the title.',
  ],
  'counterparty-missing': [
    '업체명이 없습니다.',
    'The counterparty is missing.',
    '업체명을 적어 주십시오.',
    'Fill in the counterparty.',
  ],
  'companies-unreadable': [
    '업체목록을 읽을 수 없습니다.',
    'The list of companies cannot be read.',
    '[순번^업체구분^공동도급방식^업체명^…] 모양 그대로 옮기거나, 업체명 열에 업체마다 한 행씩 적어 주십시오.',
    'Copy it as it is, [순번^업체구분^공동도급방식^업체명^…], or give each company a row of its own.',
  ],
  'company-without-number': [
    '{company}: 업체목록에 있으나 연락받을 번호가 없습니다.',
    '{company} stands in the list of companies, and has no number.',
    '이 업체의 행을 더하여 업체 담당자의 휴대전화 번호를 적어 주십시오.',
    'Add a row for this company with the mobile number of a person.',
  ],
  'signing-day-missing': [
    '계약일이 없습니다. 새 계약이면 작성 중으로 등록되어, 체결될 때까지 아무도 안내받지 못합니다.',
    'There is no signing day: a new contract becomes a draft, and nobody is told anything until it is signed.',
    '체결된 계약이면 계약일을 적어 주십시오.',
    'If it was signed, write the day.',
  ],
  'dates-out-of-order.signed': [
    '끝나는 날({end})이 계약일({begin})보다 앞섭니다.',
    'The contract ends ({end}) before it is signed ({begin}).',
    '날짜를 바로잡아 주십시오.',
    'Correct the dates.',
  ],
  'dates-out-of-order.started': [
    '끝나는 날({end})이 시작하는 날({begin})보다 앞섭니다.',
    'The contract ends ({end}) before it starts ({begin}).',
    '날짜를 바로잡아 주십시오.',
    'Correct the dates.',
  ],

  // The cells of a sheet.
  'text-unreadable': [
    '읽을 수 없는 글자(깨진 글자나 제어 문자)가 있습니다.',
    'It holds characters that cannot be read: broken ones, or control characters.',
    '칸을 다시 적거나, 파일을 "CSV UTF-8"로 저장해 주십시오.',
    'Write the cell again, or save the file as "CSV UTF-8".',
  ],
  'text-too-long': [
    '{count}자나 됩니다.',
    'It has {count} characters.',
    '{limit}자까지로 줄여 주십시오.',
    'Shorten it to {limit}.',
  ],
  'value-became-date': [
    '스프레드시트가 날짜로 바꾸어 원래 값을 알 수 없습니다.',
    'The spreadsheet has made a date of it, and what was typed is lost.',
    '열의 서식을 텍스트로 바꾸고 값을 다시 적어 주십시오.',
    'Format the column as text, and type the value again.',
  ],
  'revision-unreadable': [
    '정수가 아닙니다.',
    'It is no whole number.',
    '0, 1, 2와 같이 적어 주십시오.',
    'Write 0, 1, 2 and so on.',
  ],
  'kind-unknown': [
    '알 수 없는 구분입니다.',
    'It is no kind of contract.',
    '공사, 용역, 물품, 위탁, 보조금, 인허가 가운데 하나를 적어 주십시오.',
    'Write 공사, 용역, 물품, 위탁, 보조금 or 인허가.',
  ],
  'date-impossible': [
    '1990년부터 2100년 사이에 없는 날입니다.',
    'There is no such day between 1990 and 2100.',
    '2026-03-02와 같이 적어 주십시오.',
    'Write a day such as 2026-03-02.',
  ],
  'date-ambiguous': [
    '어느 것이 월이고 일인지 알 수 없습니다.',
    'Day and month cannot be told apart.',
    '연도를 먼저 적어 주십시오: 2026-03-02.',
    'Write the year first: 2026-03-02.',
  ],
  'date-serial': [
    '스프레드시트가 날짜 대신 쓰는 숫자입니다.',
    "It is a spreadsheet's day number.",
    '열의 서식을 날짜로 바꾸어 다시 저장해 주십시오.',
    'Format the column as a date and save again.',
  ],
  'date-unreadable': [
    '읽을 수 없는 날짜입니다.',
    'It is no date that can be read.',
    '2026-03-02와 같이 적어 주십시오.',
    'Write it as 2026-03-02.',
  ],
  'period-unreadable': [
    '기간의 시작일과 종료일을 알 수 없어 날짜를 가져오지 않았습니다.',
    'It names no first and last day, so no dates were taken from it.',
    '착공(착수)일과 준공(완료)일 열을 채워 주십시오.',
    'Fill in the columns 착공(착수)일 and 준공(완료)일.',
  ],
  'amount-unit': [
    '천 단위 이상으로 적혀 있어 잘못 읽을 수 있습니다.',
    'It is written in thousands or a larger unit, in a way that can be misread.',
    '전체 금액을 원 단위로 적어 주십시오.',
    'Write the whole amount in 원.',
  ],
  'amount-unreadable': [
    '읽을 수 없는 금액입니다.',
    'It is no amount that can be read.',
    '12000000과 같이 숫자만 적어 주십시오.',
    'Write digits only, such as 12000000.',
  ],
  'currency-unknown': [
    '알 수 없는 통화입니다.',
    'It is no currency.',
    'KRW, USD와 같이 적어 주십시오.',
    'Write KRW, USD and the like.',
  ],
  'digits-rounded': [
    '스프레드시트가 반올림한 번호입니다(1.01E+09와 같은 모양).',
    'A spreadsheet has rounded the number (it reads like 1.01E+09).',
    asText,
    'Format the column as text and type the number again.',
  ],
  'zeros-restored': [
    '사업자등록번호 앞의 0이 빠져 있어 다시 붙였습니다.',
    'The leading zeros of the business number were missing and have been put back.',
    '0이 빠지지 않도록 열의 서식을 텍스트로 바꾸어 주십시오.',
    'Format the column as text, so that the spreadsheet keeps the zeros.',
  ],
  'share-unreadable': [
    '지분율이 아닙니다.',
    'It is no share.',
    '60과 같이 백분율로 적어 주십시오.',
    'Write percent, such as 60.',
  ],
  'country-unknown': [
    '알 수 없는 국가여서, +와 국가번호로 시작하는 번호만 읽습니다.',
    'It is no country that is known, so only a number with + and a country code is read.',
    '국가의 이름이나 KR과 같은 코드를 적어 주십시오.',
    'Write the name of the country, or a code such as KR.',
  ],
  'number-zero-restored': [
    '번호 앞의 0이 빠져 있어 다시 붙였습니다.',
    'The leading zero was missing and has been put back.',
    '0이 빠지지 않도록 열의 서식을 텍스트로 바꾸어 주십시오.',
    'Format the column as text, so that the spreadsheet keeps the zero.',
  ],
  'language-unknown': [
    '이 언어의 문안이 없어 기관의 언어로 보냅니다.',
    "There are no texts in it: the contact gets the agency's language.",
    '한국어 또는 English라고 적어 주십시오.',
    'Write 한국어 or English.',
  ],
  'basis-unknown': [
    '알 수 없는 수신근거입니다.',
    'It is no legal basis.',
    '동의와 그 날짜, 계약, 법령 가운데 하나를 적어 주십시오.',
    'Write 동의 with its date, 계약 or 법령.',
  ],
  'consent-undated': [
    '동의는 받은 날과 함께 보관하는데, 그 날이 없습니다.',
    'Consent is kept with the day it was given, and there is none.',
    '뒤에 날짜를 적어 주십시오: 동의(2026-03-02).',
    'Write the day behind it: 동의(2026-03-02).',
  ],

  // What a file states, beside what is known.
  'revision-older': [
    '{reference}의 {stated}차는 지금의 {known}차보다 오래된 것이어서 반영하지 않았습니다.',
    'Revision {stated} of {reference} is older than revision {known}, which is in force.',
    '차수가 틀리지 않았다면 할 일은 없습니다.',
    'Nothing is to be done, unless the numbering is wrong.',
  ],
  'revision-corrected': [
    '{reference}이(가) 같은 차수에 다른 내용으로 들어와 정정으로 보았습니다.',
    '{reference} came again with the same revision and other content: it was taken as a correction.',
    '계약의 변경 이력에서 무엇이 바뀌었는지 확인해 주십시오.',
    'The history of the contract shows what changed.',
  ],
  'number-replaced': [
    '이미 있던 업체 담당자의 번호가 이 행의 번호로 바뀝니다.',
    'The number of a contact who was known already is replaced by that of this row.',
    '어느 번호가 맞는지 확인해 주십시오. 두 번호를 모두 쓰면 계약에 업체 담당자를 추가해 주십시오.',
    'Check which number is right; where both are in use, add a contact to the contract.',
  ],
  'number-beside': [
    '이 행의 번호로도 바로 알립니다. 이미 있던 번호는 다른 사람이 승인할 때까지 함께 알립니다.',
    'The number of this row is told as well at once; the one that was known already goes on being told until a second person approves its removal.',
    '어느 번호가 맞는지 확인해 주십시오.',
    'Check which number is right.',
  ],
  'department-unknown': [
    '없는 부서이거나 담당이 아닌 부서입니다.',
    'There is no such department, or it is not yours.',
    '부서의 이름이나 코드를 정확히 적거나, 미리보기에서 어느 부서인지 골라 주십시오. 고른 것은 다음 파일에도 쓰입니다.',
    'Write the code or the name of a department exactly, or choose in the preview which department is meant: that is remembered.',
  ],
  'department-missing': [
    '부서가 적혀 있지 않고, 파일에도 정해진 부서가 없습니다.',
    'The row names no department, and the import has none of its own.',
    '부서를 적거나, 파일을 올릴 때 부서를 정해 주십시오.',
    'Fill in the department, or give departmentId with the file.',
  ],
  'officer-unknown': [
    '부서에 이 이름이나 직원번호의 담당 공무원이 없거나 여럿입니다.',
    'No officer of the department goes by this name or staff number, or more than one does.',
    '직원번호를 적거나, 미리보기에서 누구인지 골라 주십시오. 고른 것은 다음 파일에도 쓰입니다.',
    'Write the staff number, or choose in the preview which officer is meant: that is remembered.',
  ],
  'reference-not-in-texts': [
    '계약번호의 글자가 기관의 규칙에 맞지 않거나 전화번호처럼 읽힙니다.',
    'The reference has letters that the agency does not use in texts, or reads as a telephone number.',
    '문자에는 계약번호 대신 계약일과 종류를 적습니다. 바꿀 것은 없습니다.',
    'Texts name the contract by its kind and the day of signing instead: nothing has to be done.',
  ],
  'registration-number-wrong': [
    '사업자등록번호가 10자리가 아니거나 마지막 숫자가 앞의 숫자와 맞지 않습니다.',
    'A Korean business number has ten digits, of which the last follows from the others.',
    '번호 없이 등록했습니다. 알림은 그대로 발송합니다. 파일의 번호를 확인하세요.',
    'The company was taken without it, and is told as any other: check the number in the file.',
  ],
  'contract-refused': [
    '{reason}',
    '{reason}',
    '행을 고쳐 다시 올려 주십시오.',
    'Mend the row and bring it again.',
  ],
  'occurrence-refused': [
    '{reason}',
    '{reason}',
    '필요하면 직접 기록해 주십시오.',
    'Record it by hand if it matters.',
  ],
});

/** Refusals of a file before anything of it is read. `name` is its name, on one line. */
export const importFileProblems = defineProblems({
  'file-not-what-its-name-says': [
    'invalid',
    '{name}: 텍스트가 들어 있으나 이름은 그렇지 않습니다. CSV 파일이면 이름을 .csv로 바꾸어 주십시오.',
    '{name} holds plain text under a name that says otherwise: if it is a CSV file, name it .csv.',
  ],
  'file-not-what-its-name-says.claimed': [
    'invalid',
    '{name}: 이름은 {claimed}인데 내용은 {held}입니다. 올바른 파일을 고르거나, 내용에 맞는 확장자를 붙여 주십시오.',
    '{name} is named as {claimed}, and holds {held}: choose the right file, or give it its right ending.',
  ],
  'format-xls': [
    'invalid',
    `{name}: 예전 형식의 엑셀 파일(.xls)입니다. ${saveAsXlsx}`,
    `{name} is an old workbook (.xls): ${saveAsWorkbook}`,
  ],
  'format-xlsb': [
    'invalid',
    `{name}: 이진 형식의 엑셀 파일(.xlsb)입니다. ${saveAsXlsx}`,
    `{name} is a binary workbook (.xlsb): ${saveAsWorkbook}`,
  ],
  'format-xlsm': [
    'invalid',
    `{name}: 매크로가 든 엑셀 파일(.xlsm)이어서 받지 않습니다. ${saveAsXlsx}`,
    `{name} is a workbook with macros (.xlsm), which are never taken in: ${saveAsWorkbook}`,
  ],
  'format-ods': [
    'invalid',
    '{name}: OpenDocument 파일(.ods, .odt)입니다. 시트를 .xlsx로 저장한 뒤 올려 주십시오.',
    '{name} is an OpenDocument file (.ods, .odt): save its sheet as .xlsx, and bring that.',
  ],
  'format-locked': [
    'invalid',
    '{name}: 암호로 보호된 파일이거나 예전 형식의 엑셀 파일입니다. 암호를 풀고(파일 > 정보 > 통합 문서 보호) .xlsx로 저장한 뒤 올려 주십시오.',
    '{name} is protected by a password, or is an old workbook: take the password off (File, Info, Protect Workbook), and save it as .xlsx.',
  ],
  'format-hwp': [
    'invalid',
    `{name}: 한글 문서(.hwp, .hwpx)입니다. ${copyTable}`,
    '{name} is a Hangul document (.hwp): copy its table into Excel, save that as .xlsx, and bring it.',
  ],
  'format-document': [
    'invalid',
    `{name}: 글 문서입니다. ${copyTable}`,
    '{name} is a text document: copy its table into Excel, save that as .xlsx, and bring it.',
  ],
  'format-pdf': [
    'invalid',
    '{name}: PDF의 표는 정확히 읽을 수 없습니다. PDF를 만드는 데 쓴 시트를 올려 주십시오.',
    '{name} is a PDF, whose tables cannot be read reliably: bring the sheet that it was made from.',
  ],
  'format-gz': [
    'invalid',
    '{name}: 압축된 파일(.gz)입니다. 압축을 풀고, 안에 든 파일을 올려 주십시오.',
    '{name} is packed (.gz): unpack it, and bring the file that it holds.',
  ],
  'format-picture': [
    'invalid',
    '{name}: 그림 파일입니다. 그림 속의 표는 읽을 수 없습니다. 그림을 만드는 데 쓴 시트를 올려 주십시오.',
    '{name} is a picture, whose table cannot be read: bring the sheet that it shows.',
  ],
  'format-html': [
    'invalid',
    `{name}: .xls라는 이름으로 내려받았더라도 실제로는 웹 페이지(HTML, XML)입니다. ${saveAsXlsx}`,
    `{name} is a page (HTML or XML), as some systems export it under the name .xls: ${saveAsWorkbook}`,
  ],
});

/** These name what a file holds, for `claimed` and `held` above. */
defineWords('importFormats', {
  csv: ['텍스트', 'plain text'],
  xlsx: ['통합 문서나 압축 파일', 'a workbook or an archive'],
  ocds: ['JSON', 'JSON'],
});

/** Makes the finding of an error by which another part of the service refused a contract or an occurrence. */
export function refusedFinding(
  code: 'contract-refused' | 'occurrence-refused',
  { code: published, message, phrase }: AppError,
): Finding {
  const reason = phrase ? { word: `problems.${phrase.code}`, params: phrase.params } : message;
  return { code: published, phrase: importFinding(code, { reason }).phrase };
}

/** A stored problem's words; `message` and `advice` are those of one stored before problems had a phrase, in English. */
export interface StoredWords {
  phrase: Phrase | null;
  message?: string | null;
  advice?: string | null;
}

/** Writes a stored problem in both languages. One that has no phrase stands in English for both. */
export function problemWords({ phrase, message, advice }: StoredWords): { message: Words; advice: Words } {
  if (phrase) return findingWords(phrase);
  return { message: words(message ?? '', message ?? ''), advice: words(advice ?? '', advice ?? '') };
}
