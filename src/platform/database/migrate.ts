import { runMigrations } from 'bullmq';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Access1790000000001 } from '../../../migrations/1790000000001-access.js';
import { Contracts1790000000002 } from '../../../migrations/1790000000002-contracts.js';
import { Planning1790000000003 } from '../../../migrations/1790000000003-planning.js';
import { Texts1790000000004 } from '../../../migrations/1790000000004-texts.js';
import { Sending1790000000005 } from '../../../migrations/1790000000005-sending.js';
import { Sandbox1790000000006 } from '../../../migrations/1790000000006-sandbox.js';
import { Imports1790000000007 } from '../../../migrations/1790000000007-imports.js';
import { MessageLog1790000000008 } from '../../../migrations/1790000000008-message-log.js';
import { ContractKinds1790000000009 } from '../../../migrations/1790000000009-contract-kinds.js';
import { ImportFlow1790000000010 } from '../../../migrations/1790000000010-import-flow.js';
import { Coverage1790000000011 } from '../../../migrations/1790000000011-coverage.js';
import { Accounts1790000000012 } from '../../../migrations/1790000000012-accounts.js';
import { ContractSearch1790000000013 } from '../../../migrations/1790000000013-contract-search.js';
import { SendingCodes1790000000020 } from '../../../migrations/1790000000020-sending-codes.js';
import { ChangeCodes1790000000030 } from '../../../migrations/1790000000030-change-codes.js';
import { ImportProblemPhrases1790000000040 } from '../../../migrations/1790000000040-import-problem-phrases.js';
import { ImportProblemSentences1790000000050 } from '../../../migrations/1790000000050-import-problem-sentences.js';
import { AlertFailures1790000000060 } from '../../../migrations/1790000000060-alert-failures.js';
import { DefaultAnswers1790000000070 } from '../../../migrations/1790000000070-default-answers.js';
import { SendingFailures1790000000080 } from '../../../migrations/1790000000080-sending-failures.js';
import { SendingPath1790000000090 } from '../../../migrations/1790000000090-sending-path.js';
import { Timeline1790000000130 } from '../../../migrations/1790000000130-timeline.js';
import { LateTexts1790000000131 } from '../../../migrations/1790000000131-late-texts.js';
import { HotKeys1790000000150 } from '../../../migrations/1790000000150-hot-keys.js';
import { AlertIndexes1790000000160 } from '../../../migrations/1790000000160-alert-indexes.js';
import { PlannedAlerts1790000000170 } from '../../../migrations/1790000000170-planned-alerts.js';
import { Tallies1790000000180 } from '../../../migrations/1790000000180-tallies.js';
import { CoverageTally1790000000181 } from '../../../migrations/1790000000181-coverage-tally.js';
import { WorkTally1790000000182 } from '../../../migrations/1790000000182-work-tally.js';
import { StatusCounts1790000000183 } from '../../../migrations/1790000000183-status-counts.js';
import { LogSpans1790000000184 } from '../../../migrations/1790000000184-log-spans.js';
import { CalendarVersion1790000000190 } from '../../../migrations/1790000000190-calendar-version.js';
import { OcdsImports1790000000200 } from '../../../migrations/1790000000200-ocds-imports.js';
import { LateRecords1790000000210 } from '../../../migrations/1790000000210-late-records.js';
import { UndatedMilestones1790000000211 } from '../../../migrations/1790000000211-undated-milestones.js';
import { ImportNames1790000000220 } from '../../../migrations/1790000000220-import-names.js';
import { Flags1790000000240 } from '../../../migrations/1790000000240-flags.js';
import { Proposals1790000000250 } from '../../../migrations/1790000000250-proposals.js';
import { ProposedRows1790000000251 } from '../../../migrations/1790000000251-proposed-rows.js';
import { KeysThatWait1790000000252 } from '../../../migrations/1790000000252-keys-that-wait.js';
import { BrakesThatEnd1790000000253 } from '../../../migrations/1790000000253-brakes-that-end.js';
import { AgencyChanges1790000000254 } from '../../../migrations/1790000000254-agency-changes.js';
import { HeadingsOfImports1790000000255 } from '../../../migrations/1790000000255-headings-of-imports.js';
import { SecondFactors1790000000256 } from '../../../migrations/1790000000256-second-factors.js';
import { Issuers1790000000257 } from '../../../migrations/1790000000257-issuers.js';
import { FlagsOfTexts1790000000260 } from '../../../migrations/1790000000260-flags-of-texts.js';
import { FormerNumbers1790000000261 } from '../../../migrations/1790000000261-former-numbers.js';
import { ReferenceLists1790000000262 } from '../../../migrations/1790000000262-reference-lists.js';
import { PolledLists1790000000263 } from '../../../migrations/1790000000263-polled-lists.js';
import { FlagsOfPayments1790000000264 } from '../../../migrations/1790000000264-flags-of-payments.js';
import { ListsThatRegister1790000000265 } from '../../../migrations/1790000000265-lists-that-register.js';
import { Handles1790000000266 } from '../../../migrations/1790000000266-handles.js';
import { Redaction1790000000267 } from '../../../migrations/1790000000267-redaction.js';
import { FlagsOfLanguages1790000000270 } from '../../../migrations/1790000000270-flags-of-languages.js';
import { FlagInbox1790000000271 } from '../../../migrations/1790000000271-flag-inbox.js';
import { Signs1790000000272 } from '../../../migrations/1790000000272-signs.js';
import { FiguresOfOfficers1790000000273 } from '../../../migrations/1790000000273-figures-of-officers.js';
import { Calls1790000000274 } from '../../../migrations/1790000000274-calls.js';
import { FlagsOfLists1790000000276 } from '../../../migrations/1790000000276-flags-of-lists.js';
import { NotLive1790000000277 } from '../../../migrations/1790000000277-not-live.js';
import { ReleasedBrakes1790000000278 } from '../../../migrations/1790000000278-released-brakes.js';
import { FirstDue1790000000279 } from '../../../migrations/1790000000279-first-due.js';
import { FindingParties1790000000280 } from '../../../migrations/1790000000280-finding-parties.js';
import { Mail1790000000281 } from '../../../migrations/1790000000281-mail.js';
import { Ladder1790000000282 } from '../../../migrations/1790000000282-ladder.js';
import { Reports1790000000283 } from '../../../migrations/1790000000283-reports.js';
import { ChangedValues1790000000284 } from '../../../migrations/1790000000284-changed-values.js';
import { Beginnings1790000000285 } from '../../../migrations/1790000000285-beginnings.js';
import { SealingKeys1790000000286 } from '../../../migrations/1790000000286-sealing-keys.js';
import { FlagsOfCalls1790000000287 } from '../../../migrations/1790000000287-flags-of-calls.js';
import { AccessLog1790000000288 } from '../../../migrations/1790000000288-access-log.js';
import { FlagsOfEarly1790000000289 } from '../../../migrations/1790000000289-flags-of-early.js';
import { PublicLog1790000000290 } from '../../../migrations/1790000000290-public-log.js';
import { Witnesses1790000000291 } from '../../../migrations/1790000000291-witnesses.js';
import { LogChecks1790000000292 } from '../../../migrations/1790000000292-log-checks.js';
import { Retention1790000000293 } from '../../../migrations/1790000000293-retention.js';
import { ErredCalls1790000000294 } from '../../../migrations/1790000000294-erred-calls.js';
import { SandboxClockMoves1790000000295 } from '../../../migrations/1790000000295-sandbox-clock-moves.js';
import { SettledStays1790000000300 } from '../../../migrations/1790000000300-settled-stays.js';
import { FeedEndpoints1790000000301 } from '../../../migrations/1790000000301-feed-endpoints.js';
import { EndpointsOfAgency1790000000302 } from '../../../migrations/1790000000302-endpoints-of-agency.js';
import { FlagsOfChecks1790000000303 } from '../../../migrations/1790000000303-flags-of-checks.js';
import { FactsOfRegistrations1790000000304 } from '../../../migrations/1790000000304-facts-of-registrations.js';
import { KeysOfTexts1790000000307 } from '../../../migrations/1790000000307-keys-of-texts.js';
import { FlagsOfOtherNumbers1790000000308 } from '../../../migrations/1790000000308-flags-of-other-numbers.js';
import { FlagsOfLateSignings1790000000309 } from '../../../migrations/1790000000309-flags-of-late-signings.js';
import { ClassesOfTexts1790000000310 } from '../../../migrations/1790000000310-classes-of-texts.js';
import { FilesOfLists1790000000320 } from '../../../migrations/1790000000320-files-of-lists.js';
import { Passkeys1790000000330 } from '../../../migrations/1790000000330-passkeys.js';

export const migrations = [
  Access1790000000001,
  Contracts1790000000002,
  Planning1790000000003,
  Texts1790000000004,
  Sending1790000000005,
  Sandbox1790000000006,
  Imports1790000000007,
  MessageLog1790000000008,
  ContractKinds1790000000009,
  ImportFlow1790000000010,
  Coverage1790000000011,
  Accounts1790000000012,
  ContractSearch1790000000013,
  SendingCodes1790000000020,
  ChangeCodes1790000000030,
  ImportProblemPhrases1790000000040,
  ImportProblemSentences1790000000050,
  AlertFailures1790000000060,
  DefaultAnswers1790000000070,
  SendingFailures1790000000080,
  SendingPath1790000000090,
  Timeline1790000000130,
  LateTexts1790000000131,
  HotKeys1790000000150,
  AlertIndexes1790000000160,
  PlannedAlerts1790000000170,
  Tallies1790000000180,
  CoverageTally1790000000181,
  WorkTally1790000000182,
  StatusCounts1790000000183,
  LogSpans1790000000184,
  CalendarVersion1790000000190,
  OcdsImports1790000000200,
  LateRecords1790000000210,
  UndatedMilestones1790000000211,
  ImportNames1790000000220,
  Flags1790000000240,
  Proposals1790000000250,
  ProposedRows1790000000251,
  KeysThatWait1790000000252,
  BrakesThatEnd1790000000253,
  AgencyChanges1790000000254,
  HeadingsOfImports1790000000255,
  SecondFactors1790000000256,
  Issuers1790000000257,
  FlagsOfTexts1790000000260,
  FormerNumbers1790000000261,
  ReferenceLists1790000000262,
  PolledLists1790000000263,
  FlagsOfPayments1790000000264,
  ListsThatRegister1790000000265,
  Handles1790000000266,
  Redaction1790000000267,
  FlagsOfLanguages1790000000270,
  FlagInbox1790000000271,
  Signs1790000000272,
  FiguresOfOfficers1790000000273,
  Calls1790000000274,
  FlagsOfLists1790000000276,
  NotLive1790000000277,
  ReleasedBrakes1790000000278,
  FirstDue1790000000279,
  FindingParties1790000000280,
  Mail1790000000281,
  Ladder1790000000282,
  Reports1790000000283,
  ChangedValues1790000000284,
  Beginnings1790000000285,
  SealingKeys1790000000286,
  FlagsOfCalls1790000000287,
  AccessLog1790000000288,
  FlagsOfEarly1790000000289,
  PublicLog1790000000290,
  Witnesses1790000000291,
  LogChecks1790000000292,
  Retention1790000000293,
  ErredCalls1790000000294,
  SandboxClockMoves1790000000295,
  SettledStays1790000000300,
  FeedEndpoints1790000000301,
  EndpointsOfAgency1790000000302,
  FlagsOfChecks1790000000303,
  FactsOfRegistrations1790000000304,
  KeysOfTexts1790000000307,
  FlagsOfOtherNumbers1790000000308,
  FlagsOfLateSignings1790000000309,
  ClassesOfTexts1790000000310,
  FilesOfLists1790000000320,
  Passkeys1790000000330,
];

/** Two services that start at once take turns. Any constant does; this one spells CHOR. */
const migrationLock = 0x43484f52;

/**
 * Brings the schema up to date as its owner, and gives the service's role its rights. The queue's own tables go
 * into the schema `bullmq`.
 */
export async function migrate(options: { ownerUrl: string; appRole: string }): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.ownerUrl,
    migrations,
    migrationsTransactionMode: 'each',
    extra: { max: 1 },
  });
  await dataSource.initialize();
  try {
    await dataSource.query(`SELECT pg_advisory_lock($1)`, [migrationLock]);
    await dataSource.query(`SELECT set_config('chorong.app_role', $1, false)`, [options.appRole]);
    await dataSource.runMigrations();
    await migrateQueue(options);
    await dataSource.query(`GRANT SELECT ON migrations, migrations_id_seq TO ${quoted(options.appRole)}`);
  } finally {
    await dataSource.destroy();
  }
}

async function migrateQueue({ ownerUrl, appRole }: { ownerUrl: string; appRole: string }): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await runMigrations(client, 'bullmq');
    const role = quoted(appRole);
    await dropForeignSequences(client);
    // An earlier version that still runs beside this one makes a sequence for each queue as it goes.
    await client.query(`GRANT USAGE, CREATE ON SCHEMA bullmq TO ${role}`);
    await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${role}`);
    await client.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bullmq TO ${role}`);
    await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO ${role}`);
  } finally {
    await client.end();
  }
}

/**
 * Drops the sequences that the queue of an earlier version made as the service's role. Nothing needs them any more, and the owner
 * cannot read them, so that no dump of the database came about.
 */
async function dropForeignSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class
     WHERE relnamespace = 'bullmq'::regnamespace AND relkind = 'S' AND NOT pg_has_role(relowner, 'USAGE')`,
  );
  for (const { name } of rows) await client.query(`DROP SEQUENCE ${name}`);
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
