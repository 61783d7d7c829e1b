import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A Sentences is how the English of one key of the catalogue was stored: its message and its advice as patterns. */
interface Sentences {
  phrase: string;
  message: RegExp;
  advice: RegExp;
}

interface StoredProblem {
  id: string;
  code: string;
  message: string;
  advice: string;
}

const BATCH_ROWS = 2000;

/**
 * Problems of imports that were stored as English sentences get the key of the catalogue and the parameters that those
 * sentences were made of, so that they are shown in Korean too, as before. A sentence that is none of these stays.
 */
export class ImportProblemSentences1790000000050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const patterns = patternsOf(sentences);
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const problems = (await queryRunner.query(
        `SELECT id, code, message, advice FROM import_problem
          WHERE phrase IS NULL AND id > $1 ORDER BY id LIMIT ${BATCH_ROWS}`,
        [after],
      )) as StoredProblem[];
      const last = problems.at(-1);
      if (!last) return;
      after = last.id;
      const phrases = problems.flatMap((problem) => {
        const phrase = phraseOf(problem, patterns);
        return phrase ? [{ id: problem.id, phrase }] : [];
      });
      await queryRunner.query(
        `UPDATE import_problem p SET phrase = known.phrase, message = NULL, advice = NULL
          FROM jsonb_to_recordset($1) AS known (id uuid, phrase jsonb) WHERE p.id = known.id`,
        [JSON.stringify(phrases)],
      );
    }
  }

  /** The phrases stay, which the code before this migration could show as well. */
  async down(): Promise<void> {}
}

function phraseOf({ code, message, advice }: StoredProblem, patterns: Sentences[]) {
  for (const known of patterns) {
    const published = known.phrase.split('.')[0];
    if (published !== code && !known.phrase.endsWith('-refused')) continue;
    const [inMessage, inAdvice] = [known.message.exec(message), known.advice.exec(advice)];
    if (inMessage && inAdvice) {
      return { code: known.phrase, params: { ...inAdvice.groups, ...inMessage.groups } };
    }
  }
  return null;
}

/** Every place for a parameter, such as `{field}`, becomes a group of that name. */
function pattern(text: string): RegExp {
  const seen = new Set<string>();
  const source = text.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>[^]*?)`;
  });
  return new RegExp(`^${source.join('')}$`);
}

/** The catalogue's English of the day when problems got keys: key, message, advice. It is not to follow later words. */
const sentences = `
file-empty | The file holds no rows. | Check that the right sheet was saved.
sheet-hidden | The contracts stand on a hidden sheet ({name}), and the visible ones are empty. | Unhide the sheet, and save the file again.
sheets-not-read | Only the sheet "{read}" was read; these hold contracts too: {others}. | Bring every sheet in a file of its own.
headings-missing | Headings are missing: {missing}. Found: {found}. Expected: {expected}. | Name the columns in one of the first {rows} rows, or say what each column is.
headings-repeated | Two headings mean the same: {pairs}. | Leave one column of each, or say which of them is to be read.
columns-ignored | These columns are not read: {columns}. | Rename a column that should be read, or say what it is.
amounts-in-unit | Amounts were read in {unit}, as the heading or the title says. | Check an amount or two.
amount-unit-unclear | The heading of the amounts names one unit, and the title above the table another. | Leave one of them, or write whole amounts in 원.
row-too-wide | The row has {cells} cells and the headings {headings}, so its cells may have shifted. | Put quotes around a cell that holds the separator, such as "12,000,000".
lines-apart | It belongs to the contract of line {line}, with other contracts in between. | It was added to that contract; check that the number is right.
lines-too-far-apart | Its contract stands far above and has been read already. | Sort the sheet by contract number, so that the rows of a contract follow each other.
too-many-lines | The contract has more than {rows} rows. | Check the contract number, which each contract has for itself.
lines-differ | It differs from line {line} of the same contract in: {fields}. Line {line} was taken. | Make the rows of a contract agree.
twin-not-previewed | The file states this contract several times, too far apart to preview them together: this line is shown as if the earlier ones were not there. | Sort the sheet by contract number and revision to see it exactly; applying takes all of them.
reference-missing | The row names no contract. | Write the contract number on every row, also where the spreadsheet had merged cells.
reference-unusable | It cannot stand in a text as a contract number. | Use at most 60 letters, digits, and . _ / ( ) -, without spaces.
kind-missing | The kind is missing. | Fill in the kind.
title-missing | The title is missing. | Fill in the title.
counterparty-missing | The counterparty is missing. | Fill in the counterparty.
dates-out-of-order.signed | The contract ends ({end}) before it is signed ({begin}). | Correct the dates.
dates-out-of-order.started | The contract ends ({end}) before it starts ({begin}). | Correct the dates.
text-unreadable | It holds characters that cannot be read. | Save the file as "CSV UTF-8".
text-too-long | It has {count} characters. | Shorten it to {limit}.
value-became-date | The spreadsheet has made a date of it, and what was typed is lost. | Format the column as text, and type the value again.
revision-unreadable | It is no whole number. | Write 0, 1, 2 and so on.
kind-unknown | It is no kind of contract. | Write 공사, 용역, 물품, 위탁, 보조금 or 인허가.
date-impossible | There is no such day between 1990 and 2100. | Write a day such as 2026-03-02.
date-ambiguous | Day and month cannot be told apart. | Write the year first: 2026-03-02.
date-serial | It is a spreadsheet's day number. | Format the column as a date and save again.
date-unreadable | It is no date that can be read. | Write it as 2026-03-02.
period-unreadable | It names no first and last day, so no dates were taken from it. | Fill in the columns 착공(착수)일 and 준공(완료)일.
amount-unit | It is written in thousands or a larger unit, in a way that can be misread. | Write the whole amount in 원.
amount-unreadable | It is no amount that can be read. | Write digits only, such as 12000000.
currency-unknown | It is no currency. | Write KRW, USD and the like.
digits-rounded | A spreadsheet has rounded the number (it reads like 1.01E+09). | Format the column as text and type the number again.
zeros-restored | The leading zeros of the business number were missing and have been put back. | Format the column as text, so that the spreadsheet keeps the zeros.
share-unreadable | It is no share. | Write percent, such as 60.
country-unknown | It is no country that is known, so only a number with + and a country code is read. | Write the name of the country, or a code such as KR.
number-zero-restored | The leading zero was missing and has been put back. | Format the column as text, so that the spreadsheet keeps the zero.
language-unknown | There are no texts in it: the contact gets the agency's language. | Write 한국어 or English.
basis-unknown | It is no legal basis. | Write 동의 with its date, 계약 or 법령.
consent-undated | Consent is kept with the day it was given, and there is none. | Write the day behind it: 동의(2026-03-02).
revision-older | Revision {stated} of {reference} is older than revision {known}, which is in force. | Nothing is to be done, unless the numbering is wrong.
revision-corrected | {reference} came again with the same revision and other content: it was taken as a correction. | Look at its history, {history}.
department-unknown | There is no such department, or it is not yours. | Write the code or the name of a department as GET /api/v1/departments shows it.
department-missing | The row names no department, and the import has none of its own. | Fill in the department, or give departmentId with the file.
officer-unknown | No officer of the department goes by this name or staff number, or more than one does. | Write the staff number, or choose the officer at the contract.
ocds-empty | The file holds no OCDS releases or records. | Give a release package or a record package of OCDS 1.0 or 1.1.
releases-linked-only | The record only links to its releases, and has no compiled release. | Give a file in which releases are embedded, or compiled.
ocid-missing | The release has no ocid, so that nobody can tell which process it belongs to. | Ask the publisher for a valid file.
release-malformed | This is no valid JSON in UTF-8. | Ask the publisher for a valid file; the other releases are imported.
release-late | This release is older than what was brought in before, and was left out. | Bring releases in by their dates; a compiled record puts everything right at once.
json-expected | A release or package was expected, and "{found}" found. | Get the file again; what comes before this line was read.
json-truncated | The file ends in the middle of a value: it was cut off. | Get the file again; what comes before this line was read.
json-malformed | A closing bracket does not fit ({bracket}). | Get the file again; what comes before this line was read.
json-too-large | A value is larger than {bytes} bytes. | Get the file again; what comes before this line was read.
json-too-deep | Values are nested deeper than {depth}. | Get the file again; what comes before this line was read.
reference-missing.id | The contract has no id. | Ask the publisher for a valid file, or register the contract by hand.
reference-unusable.id | The id cannot stand in a text as a contract number (60 letters, digits, and . _ / ( ) - at most). | Register the contract by hand, with a number that its parties know.
kind-unknown.ocds | Neither a procurement category nor a CPV code says whether this is works, services or goods. | Register the contract by hand.
kind-by-cpv | No procurement category is given; its CPV code makes it {kind}. | Check the kind.
period-of-award | The contract gives no period; that of its award was taken. | Check the dates.
dates-out-of-order.period | The contract ends before it starts. | Register the contract by hand, with its dates.
date-unreadable.ocds | It is no date between 1990 and 2100. | Add the date by hand.
value-unusable | The value lacks a usable amount or currency. | Add the value by hand.
status-unknown | OCDS knows no such status of a contract. | Check what became of the contract.
suppliers-missing | Neither the contract nor its award names a supplier, so nobody can be informed. | Add the counterparty by hand.
country-unknown.address | The country of the address is missing or not known, so only a number with + is read. | Add the number by hand, with + and its country code.
milestone-unknown | The milestone was met, but it is none that anybody is informed of. | Record the milestone by hand if it is one of the plan.
milestone-undated | The milestone was met, but no day can be read. | Record the milestone by hand, with its day.
payment-unusable | The payment lacks an amount, a day or the contract's currency, and was not counted. | Record the final payment by hand when it is made.
partly-paid | {count} payments make {total} of {whole} {currency}: nothing was recorded. | The payment that completes the value is recorded when it is published.
termination-unclear | {reference} is said to be terminated before its end date: that may be a normal end or not. | Complete or terminate it by hand; until then its alerts go on.
buyer-not-a-department | The buyer is no department here; the import’s own department takes the contract. | Give departmentId with the file to choose another.
number-missing | There is no number. | Ask the counterparty for a mobile number and add it.
number-letters | It holds something other than a number. | Leave digits only; names go in their own column.
number-rounded | A spreadsheet has rounded the number (it reads like 1.01E+09). | Format the column as text and type the number again.
number-extension | It has an extension, which no text message can reach. | Give a mobile number without an extension.
number-several | It looks like several numbers. | Give one number; a second person gets a line of their own.
number-country-unknown | The country of the party is not known, and the number has no country code. | Give the country of the address, or begin the number with + and its country code.
number-too-short | It is too short for the country of the address. | Check it for missing digits.
number-too-long | It is too long for the country of the address. | Check it for extra digits.
number-impossible | It is no number of the country of the address. | Check it; a number of another country begins with + and its country code.
number-ambiguous | It has lost its leading zero, or its + sign: it may be read in two ways. | Write it with its leading zero, or with + and its country code.
number-withdrawn | Korean mobile numbers begin with 010; 011 and 016 to 019 were withdrawn. | Ask the counterparty for the 010 number.
number-fiction | It is reserved for fiction. | Give the real number.
number-landline | It is a landline, which gets no text messages. | Give a mobile number.
number-not-mobile | It is no mobile number (a service, internet or shared-cost number). | Give a mobile number.
not-text | This is no text file (perhaps a spreadsheet such as .xlsx or .hwp). | Save it from the spreadsheet as "CSV UTF-8".
mixed-encoding | The file begins as UTF-8 and holds other bytes from here on. | Save it again from the spreadsheet as "CSV UTF-8".
row-too-long | The row does not end: a quote is opened and not closed, or it is longer than any row should be. | Look for a lone " on this line.
row-malformed | The row cannot be split into cells ({error}). | Save the file from the spreadsheet again.
too-many-rows | The file has more than {rows} rows. | Split it, and import its parts one after the other.
too-many-columns | The sheet has more than {columns} columns. | Leave at most {columns}.
file-too-large | The file is larger than 200 MB. | Split it, and import its parts one after the other.
not-a-workbook | It is an archive, and no Excel workbook (.xlsx). | Open it in the program it comes from, and save the sheet as .xlsx or as CSV (UTF-8).
workbook-malformed | The workbook is damaged, or is none. | Open it in the spreadsheet program, save it again as .xlsx, and bring that.
workbook-doctype | The workbook declares a document type or entities of its own, which no spreadsheet program writes. | Open it in the spreadsheet program, save it again as .xlsx, and bring that.
workbook-macros | The workbook holds macros, which are never taken in. | Save it as "Excel Workbook (.xlsx)", which leaves the macros out, and bring that.
workbook-locked | The file is protected by a password. | Open it, take the password off (File, Info, Protect Workbook), and save it again.
workbook-too-many-parts | The workbook is made of more than {parts} parts. | Copy the sheet alone into a new workbook, without pictures, and bring that.
workbook-too-many-sheets | The workbook has more than {sheets} sheets. | Copy the sheet of the contracts alone into a new workbook.
workbook-too-many-texts | The workbook holds more than {texts} texts. | Split it, and import its parts one after the other.
workbook-unpacks-too-large | The workbook unpacks to far more than any sheet of contracts. | Copy the rows alone into a new workbook, and bring that.
too-many-merged-cells | The sheet has more than {cells} merged cells. | Unmerge the cells, and fill in the values.
cell-too-long | A cell is longer than {characters} characters. | Shorten it.
cell-error | The cell shows an error of the spreadsheet ({shown}). | Mend the formula, or type the value.
cell-unreadable | The cell says that it is a number, and holds something else. | Type the value again.
cell-text-missing | The cell refers to a text that the workbook does not have. | Open the file in the spreadsheet program, and save it again.
formula-uncalculated | The cell holds a formula whose result was not saved. | Open the file in the spreadsheet program, save it again, or paste the values in place of the formulas.
digits-lost | The number has more than 15 digits, and the spreadsheet has replaced the last ones by zeros. | Format the column as text, and type the number again.
rows-hidden | {count} hidden rows were read like all others ({lines}). | Delete a row that should not be read; hiding or filtering it changes nothing.
columns-hidden | Hidden columns were read like all others ({columns}). | Delete a column that should not be read, or leave it out when you say what each column is.
merged-cells-filled | The values of merged cells were taken for every row beside them ({count} cells, from line {line} on). | Check that each merged cell spans the rows of its own contract only.
contract-refused | {reason} | Mend the row and bring it again.
occurrence-refused | {reason} | Record it by hand if it matters.
`;

function patternsOf(lines: string): Sentences[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [phrase = '', message = '', advice = ''] = line.split(' | ');
      return { phrase, message: pattern(message), advice: pattern(advice) };
    });
}
