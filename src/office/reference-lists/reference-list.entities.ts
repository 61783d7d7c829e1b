import { Column, Entity, PrimaryColumn } from 'typeorm';
import { defineChangedFacts, defineFacts } from '../../core/proof/facts.js';
import type { Kind } from '../../core/settings/plan.schema.js';
import type { WayMatched } from './reference-list.schema.js';

/** A ReferenceList is what another system knows of the agency's contracts. Auditors bring it, and nobody below them sees it. */
@Entity()
export class ReferenceList {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  /** What was signed before that day need not be registered here. */
  @Column('date') since!: string;
  /** Days after the signing that officers have to register a contract. */
  @Column('integer') graceDays!: number;
  /** It is filled from the e-procurement service; one list at most is. */
  @Column('boolean') polled!: boolean;
  /** What names no department comes to this one, where lists register contracts; null: it stays unregistered. */
  @Column('uuid') departmentId!: string | null;
}

/** A ReferenceRecord is what the newest revision of a list states of one contract. */
@Entity()
export class ReferenceRecord {
  /** Made of the list and the reference, so that what comes again is sealed for the same row. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') listId!: string;
  @Column('text') reference!: string;
  @Column('integer') revision!: number;
  @Column('text') kind!: Kind;
  @Column('text') title!: string;
  @Column('text') department!: string | null;
  @Column('date') signedOn!: string | null;
  @Column('date') startsOn!: string | null;
  @Column('date') endsOn!: string | null;
  @Column('numeric') amount!: string | null;
  @Column('text') currency!: string | null;
  /** Registration numbers of its companies, letters and digits alone. */
  @Column('text', { array: true }) numbers!: string[];
  /** Names of its companies with their numbers, as JSON. */
  @Column('bytea') partiesSealed!: Buffer;
  @Column('boolean') cancelled!: boolean;
  /** The service clock's day on which it came first. */
  @Column('date') seenOn!: string;
  /** The contract here that it is taken for. */
  @Column('uuid') contractId!: string | null;
  /** Null when no contract was found; `auditor` holds whatever else is found, also that there is none. */
  @Column('text') matchedBy!: WayMatched | null;
  /** Differences that were flagged, so that each is flagged once. */
  @Column('text', { array: true }) flagged!: string[];
}

defineChangedFacts('reference_list', {
  subject: 'reference-list',
  columns: ['name', 'since', 'graceDays', 'departmentId'],
});

const recordColumns =
  'list_id reference revision kind title department signed_on starts_on ends_on currency numbers cancelled seen_on';

defineFacts('reference_record', {
  facts: {
    ...Object.fromEntries(recordColumns.split(' ').map((column) => [column, `r.${column}`])),
    amount: 'r.amount::text',
    // Who notes that it was flagged keeps it from being flagged.
    flagged: `(NOT 'not-registered' = ANY (r.flagged) OR EXISTS (SELECT FROM flag f WHERE f.contract_id = r.id AND f.kind = 'not-registered'))`,
  },
  // Its id is made of a text.
  at: 'r.seen_on::timestamptz',
});

/** What an auditor decided; what the service finds by itself is found again each morning. */
defineChangedFacts('reference_match', {
  from: 'reference_record r',
  subject: 'reference-record',
  columns: ['contractId', 'matchedBy'],
  where: `(r.matched_by = 'auditor' OR EXISTS (SELECT FROM leaf l WHERE l.subject_id = r.id::text AND l.kind = 'change'))`,
  contracts: `SELECT contract_id FROM reference_record WHERE id = $1::uuid`,
  at: 'r.seen_on::timestamptz',
});
