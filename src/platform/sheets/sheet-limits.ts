const megabyte = 1024 * 1024;

/**
 * These limits say what a sheet may cost; each has an error of its own. They are far above what an office keeps by hand, and
 * low enough that a hostile file ends early (OWASP ASVS 5.0, 5.2.1 and 5.2.3).
 */
export const sheetLimits = {
  /** Bytes as uploaded; the multipart reader stops there too. */
  fileBytes: 200 * megabyte,
  /** Rows that hold something, the headings included. */
  rows: 300_000,
  columns: 200,
  /** Characters of one cell: a spreadsheet's own limit. */
  cellLength: 32_767,
  /** Characters of one row of CSV: a quote that is never closed would otherwise take in the rest of the file. */
  csvRowLength: 100_000,
  /** Rows at the top among which the headings are looked for. */
  headRows: 20,
  /** Rows below the headings whose values help to guess what a column is. */
  sampleRows: 50,
  zipEntries: 2000,
  /** Bytes of all parts of a workbook together, unpacked. */
  unzippedBytes: 1024 * megabyte,
  /** Unpacked to packed bytes of one part; text of a sheet stays below 60, a bomb comes near deflate's 1032. */
  zipRatio: 250,
  /** Bytes of a part up to which its ratio does not matter: small ones may well be monotonous. */
  zipRatioFrom: 8 * megabyte,
  sharedStrings: 4_000_000,
  mergedRanges: 100_000,
  worksheets: 100,
  xmlDepth: 32,
  /** Characters of XML within which something has to end; a cell's text, escaped, stays below. */
  xmlGap: megabyte,
} as const;
