const own = 'The service keeps it to do its work by; nobody is shown it as a fact.';
const reckoned = 'It is reckoned from other tables, and can be reckoned again.';
const names = 'It names the row, so that its leaf is missed.';
const sealed =
  'It is sealed for its row: whoever has the database alone can only put back what stood there before.';
const search =
  'A fingerprint to search by: another one hides the row from a search and changes nothing that is read.';
const place =
  'Which department it counts for follows from its contract, which is compared, and from mergers.';

const ofEveryAlert = {
  claimed_by: own,
  department_id: place,
  due_day: 'It follows from the moment that it is due, which is compared.',
  lease_until: own,
  number_country: own,
  number_index: own,
  number_sealed: sealed,
  planned_at: own,
  retry_at: own,
  shard: own,
  updated_at: own,
};

/**
 * Says of each table, or of each column, that `npm run verify` compares with no leaf why it does not. Everything else of the database is
 * compared; a test alters it all, column by column, and sees that each is found but for these.
 */
export const uncompared: Record<string, string | Record<string, string>> = {
  message: {
    attempts: own,
    encoding: 'It follows from the text, which is compared.',
    korean_class: 'It follows from the text, which is compared.',
    next_attempt_at: own,
    parts: 'It follows from the text, which is compared.',
    poll_at: own,
    polls: own,
    resent_unproved: own,
    shard: own,
    text_hash: own,
  },
  receipt: {},
  contact: { phone_ending: search },
  contract: {
    calendar_version: own,
    updated_at: own,
    version: own,
  },
  milestone: { created_at: own },
  'alert WHERE reissue = 0': {
    ...ofEveryAlert,
    failure: 'Compared where it is why an alert was held, and null in any other.',
    message_id: own,
  },
  'alert WHERE reissue > 0': {
    ...ofEveryAlert,
    message_id: own,
    milestone_id: 'Its leaf tells when it is due, to whom and why; its text names what it is about.',
    reissue: own,
    wording: 'Its text shows it.',
  },
  counterparty: { created_at: own, name_parts: search },
  department: {
    created_at: own,
    merged_into: 'A merger moves it of other departments without a leaf of theirs; the merger has one.',
    parent_id: 'A merger moves it of other departments without a leaf of theirs; the merger has one.',
  },
  officer: {
    created_at: own,
    department_id:
      'A merger moves staff without leaves of theirs; what they may do is in their account, which is compared.',
    phone_sealed: sealed,
  },
  flag: {},
  proposal: { act_index: own, args_sealed: sealed },
  brake: {},
  retention_hold: {},
  account: {
    created_at: own,
    email_sealed: sealed,
    locale: 'People choose themselves in which language they read.',
    name_sealed: sealed,
    totp_step: own,
  },
  api_key: { created_at: own, last_used_at: own, prefix: own },
  template_version: {},
  setting: { name: names, version: names },
  change: { recorded_at: own, subject_id: names },
  report: {},
  access_entry: {
    address: 'Where from somebody looked is personal, and stays out of what is kept for ever.',
  },
  access_review: {},
  feed_endpoint: {
    after: own,
    attempts: own,
    created_at: own,
    failing_since: own,
    former_secret_sealed: sealed,
    former_until: own,
    kinds:
      'Registered with repetitions, it is kept without; it lets an endpoint have nothing that admins may not read.',
    last_failure: own,
    next_at: own,
    secret_sealed: sealed,
    status: own,
  },

  leaf: 'It is the log.',
  log_entry: 'It is the log.',
  log_node: 'It is the log.',
  log_checkpoint: 'It is the log.',
  log_cosignature: 'Each is a signature, which its witness’s key verifies.',
  log_check: 'It is what came of a comparison, which is made again each night.',
  log_witness: own,
  leaf_waiting: own,

  attempt:
    'The service’s account of its calls. The log has of each text the provider’s reference, which is compared, its state and its reason.',
  contract_revision: 'What a file or a call gave, to recognise it by; what that changed is a change.',
  import: 'How a file was read; what that changed is a change of each contract.',
  import_chunk: own,
  import_effect: 'What a file did, or would do; what it changed is a change of each contract.',
  import_name: own,
  import_problem: 'What could not be taken of a file, for whoever brought it.',
  import_refused: own,
  ocds_record: own,
  flag_case: 'Who looks after flags; the changes of a flag tell to whom it was given.',
  call_result: 'The last one of a number is compared as a fact of its row in call_candidate.',
  default_answer: 'A version that an agency declines changes nothing; the change tells who did.',
  ladder_step: 'Who was told that something waits; it decides of nothing.',

  coverage_basis: reckoned,
  coverage_count: reckoned,
  coverage_milestone: reckoned,
  log_span: reckoned,
  message_words: reckoned,
  status_count: reckoned,
  tally_mark: reckoned,
  work_candidate: reckoned,
  work_dead_number: reckoned,

  account_link: own,
  idempotency_key: own,
  instance: own,
  mail: own,
  mail_round: own,
  migrations: own,
  pace: own,
  passkey:
    'What it opens an account by is compared as a fact of its account; what it is called, and how often it was used, decides of nothing there.',
  passkey_challenge: own,
  recovery_code: own,
  sandbox_clock: 'The sandbox sends nothing.',
  sandbox_clock_move: 'The sandbox sends nothing.',
  sandbox_text: 'The sandbox sends nothing.',
  sealing_key: own,
  sealing_process: own,
  session: own,
  sign_in_failure: own,
};
