import { alertReason, alertReasonText } from './planning.words.js';

const failed = { reason: 'text-failed', failure: 'a text needs contract.title' };

it('says in both languages why an alert was not sent', () => {
  expect(alertReasonText({ reason: 'registered-late', failure: null })).toEqual({
    ko: '계약이 늦게 등록되어 시기가 지남',
    en: 'the contract was registered when it was too late to tell',
  });
  expect(alertReasonText(failed)?.en).toBe('the text could not be made: a text needs contract.title');
  expect(alertReasonText({ reason: 'a-reason-of-tomorrow', failure: null })?.ko).toBe('a-reason-of-tomorrow');
  expect(alertReasonText({ reason: null, failure: null })).toBeNull();
});

it('shows programs what failed behind the code, as it did when the two were one', () => {
  expect(alertReason(failed)).toBe('text-failed: a text needs contract.title');
  expect(alertReason({ reason: 'registered-late', failure: null })).toBe('registered-late');
  expect(alertReason({ reason: 'suspended', failure: 'of an earlier hold' })).toBe('suspended');
  expect(alertReason({ reason: null, failure: null })).toBeNull();
});
