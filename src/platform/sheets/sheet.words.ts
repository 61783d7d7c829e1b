import { defineFindings } from '../findings.js';

const saveAgain = '스프레드시트 프로그램에서 열어 .xlsx로 다시 저장한 뒤 올려 주십시오.';
const bringAgain = 'Open it in the spreadsheet program, save it again as .xlsx, and bring that.';
const asText = '열의 서식을 텍스트로 바꾸고 번호를 다시 적어 주십시오.';

/** Makes what is wrong with a sheet or a workbook as such, whatever its rows are about. */
export const sheetFinding = defineFindings({
  'not-text': [
    '텍스트 파일이 아닙니다.',
    'This is no text file (perhaps a spreadsheet such as .xlsx or .hwp).',
    '스프레드시트에서 .xlsx 또는 "CSV UTF-8"로 저장해 주십시오.',
    'Save it from the spreadsheet as "CSV UTF-8".',
  ],
  'mixed-encoding': [
    'UTF-8로 시작했으나 여기부터는 다른 방식으로 적혀 있습니다.',
    'The file begins as UTF-8 and holds other bytes from here on.',
    '스프레드시트에서 "CSV UTF-8"로 다시 저장해 주십시오.',
    'Save it again from the spreadsheet as "CSV UTF-8".',
  ],
  'row-too-long': [
    '끝나지 않는 행입니다. 따옴표가 닫히지 않았거나 지나치게 깁니다.',
    'The row does not end: a quote is opened and not closed, or it is longer than any row should be.',
    '이 줄에 짝이 없는 " 가 있는지 확인해 주십시오.',
    'Look for a lone " on this line.',
  ],
  'row-malformed': [
    '행을 칸으로 나눌 수 없습니다({error}).',
    'The row cannot be split into cells ({error}).',
    '스프레드시트에서 파일을 다시 저장해 주십시오.',
    'Save the file from the spreadsheet again.',
  ],
  'too-many-rows': [
    '행이 {rows}개를 넘습니다.',
    'The file has more than {rows} rows.',
    '나누어 차례로 올려 주십시오.',
    'Split it, and import its parts one after the other.',
  ],
  'too-many-columns': [
    '열이 {columns}개를 넘습니다.',
    'The sheet has more than {columns} columns.',
    '{columns}개까지만 남겨 주십시오.',
    'Leave at most {columns}.',
  ],
  'file-too-large': [
    '파일이 200 MB보다 큽니다.',
    'The file is larger than 200 MB.',
    '나누어 차례로 올려 주십시오.',
    'Split it, and import its parts one after the other.',
  ],
  'not-a-workbook': [
    '엑셀 통합 문서(.xlsx)가 아닌 압축 파일입니다.',
    'It is an archive, and no Excel workbook (.xlsx).',
    '원래 프로그램에서 열어 .xlsx나 CSV(UTF-8)로 저장해 주십시오.',
    'Open it in the program it comes from, and save the sheet as .xlsx or as CSV (UTF-8).',
  ],
  'workbook-malformed': [
    '통합 문서가 손상되었거나 통합 문서가 아닙니다.',
    'The workbook is damaged, or is none.',
    saveAgain,
    bringAgain,
  ],
  'workbook-doctype': [
    '통합 문서에 스프레드시트 프로그램이 쓰지 않는 문서 형식 선언이나 개체가 있습니다.',
    'The workbook declares a document type or entities of its own, which no spreadsheet program writes.',
    saveAgain,
    bringAgain,
  ],
  'workbook-macros': [
    '매크로가 든 통합 문서여서 받지 않습니다.',
    'The workbook holds macros, which are never taken in.',
    '"Excel 통합 문서(.xlsx)"로 저장하면 매크로가 빠집니다.',
    'Save it as "Excel Workbook (.xlsx)", which leaves the macros out, and bring that.',
  ],
  'workbook-locked': [
    '암호로 보호된 파일입니다.',
    'The file is protected by a password.',
    '암호를 풀고(파일 > 정보 > 통합 문서 보호) 다시 저장해 주십시오.',
    'Open it, take the password off (File, Info, Protect Workbook), and save it again.',
  ],
  'workbook-too-many-parts': [
    '통합 문서를 이루는 부분이 {parts}개를 넘습니다.',
    'The workbook is made of more than {parts} parts.',
    '그림 없이 시트만 새 통합 문서에 복사하여 올려 주십시오.',
    'Copy the sheet alone into a new workbook, without pictures, and bring that.',
  ],
  'workbook-too-many-sheets': [
    '통합 문서에 시트가 {sheets}개 넘게 있습니다.',
    'The workbook has more than {sheets} sheets.',
    '계약 시트만 새 통합 문서에 복사하여 올려 주십시오.',
    'Copy the sheet of the contracts alone into a new workbook.',
  ],
  'workbook-too-many-texts': [
    '통합 문서에 글이 {texts}개 넘게 있습니다.',
    'The workbook holds more than {texts} texts.',
    '나누어 차례로 올려 주십시오.',
    'Split it, and import its parts one after the other.',
  ],
  'workbook-unpacks-too-large': [
    '압축을 풀면 계약 시트로 볼 수 없을 만큼 커집니다.',
    'The workbook unpacks to far more than any sheet of contracts.',
    '행만 새 통합 문서에 복사하여 올려 주십시오.',
    'Copy the rows alone into a new workbook, and bring that.',
  ],
  'too-many-merged-cells': [
    '병합된 셀이 {cells}개를 넘습니다.',
    'The sheet has more than {cells} merged cells.',
    '병합을 풀고 값을 채워 주십시오.',
    'Unmerge the cells, and fill in the values.',
  ],
  'cell-too-long': [
    '{characters}자가 넘는 칸입니다.',
    'A cell is longer than {characters} characters.',
    '줄여 주십시오.',
    'Shorten it.',
  ],
  'cell-error': [
    '스프레드시트의 오류 값({shown})입니다.',
    'The cell shows an error of the spreadsheet ({shown}).',
    '수식을 고치거나 값을 직접 적어 주십시오.',
    'Mend the formula, or type the value.',
  ],
  'cell-unreadable': [
    '숫자라고 되어 있으나 다른 것이 들어 있는 칸입니다.',
    'The cell says that it is a number, and holds something else.',
    '값을 다시 적어 주십시오.',
    'Type the value again.',
  ],
  'cell-text-missing': [
    '통합 문서에 없는 글을 가리키는 칸입니다.',
    'The cell refers to a text that the workbook does not have.',
    '스프레드시트 프로그램에서 열어 다시 저장해 주십시오.',
    'Open the file in the spreadsheet program, and save it again.',
  ],
  'formula-uncalculated': [
    '수식의 결과가 저장되지 않았습니다.',
    'The cell holds a formula whose result was not saved.',
    '스프레드시트 프로그램에서 열어 다시 저장하거나, 수식 대신 값을 붙여 넣어 주십시오.',
    'Open the file in the spreadsheet program, save it again, or paste the values in place of the formulas.',
  ],
  'digits-lost': [
    '15자리가 넘는 숫자여서 스프레드시트가 끝자리를 0으로 바꾸었습니다.',
    'The number has more than 15 digits, and the spreadsheet has replaced the last ones by zeros.',
    asText,
    'Format the column as text, and type the number again.',
  ],
  'rows-hidden': [
    '숨겨진 행 {count}개도 다른 행과 똑같이 읽었습니다({lines}).',
    '{count} hidden rows were read like all others ({lines}).',
    '읽지 않을 행은 지워 주십시오. 숨기거나 필터로 걸러도 달라지지 않습니다.',
    'Delete a row that should not be read; hiding or filtering it changes nothing.',
  ],
  'columns-hidden': [
    '숨겨진 열도 다른 열과 똑같이 읽었습니다({columns}).',
    'Hidden columns were read like all others ({columns}).',
    '읽지 않을 열은 지우거나, 열을 정할 때 빼 주십시오.',
    'Delete a column that should not be read, or leave it out when you say what each column is.',
  ],
  'merged-cells-filled': [
    '병합된 셀의 값을 옆의 모든 행에 적용했습니다({line}행부터 {count}칸).',
    'The values of merged cells were taken for every row beside them ({count} cells, from line {line} on).',
    '병합된 셀이 그 계약의 행에만 걸쳐 있는지 확인해 주십시오.',
    'Check that each merged cell spans the rows of its own contract only.',
  ],
});
