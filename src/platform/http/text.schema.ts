import { z } from 'zod';
import { isPlainLine, isPlainText, isSeen } from '../plain-text.js';
import { httpProblems } from './http.words.js';

/**
 * Reads a name or the like: trimmed, not empty, at most `max` UTF-16 code units, without control characters, and without
 * any that nobody sees.
 */
export const lineOf = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isPlainLine, httpProblems.rule('characters-unusable'))
    .refine(isSeen, httpProblems.rule('characters-invisible'));

/** Reads a note or the like, which may have several lines. */
export const textOf = (max: number) =>
  z.string().trim().min(1).max(max).refine(isPlainText, httpProblems.rule('characters-unusable'));

/** Reads why somebody does something; it is kept in the history. */
export const reasonSchema = textOf(500);
