import { Injectable } from '@nestjs/common';

/** Returns those of the contracts that other systems know as well; null where nobody has brought what these know. */
type FindKnown = (contractIds: string[]) => Promise<Set<string> | null>;

/** KnownElsewhere tells which contracts stand in no reference list, for parts of the service that keep no lists themselves. */
@Injectable()
export class KnownElsewhere {
  private find: FindKnown = () => Promise.resolve(null);

  /** Lets the part of the service that keeps reference lists say which contracts stand in them. */
  knowBy(find: FindKnown): void {
    this.find = find;
  }

  /** Returns those of the contracts that no list knows; none where there are no lists. */
  async unknownAmong(contractIds: string[]): Promise<Set<string>> {
    const known = await this.find(contractIds);
    return new Set(contractIds.filter((id) => known?.has(id) === false));
  }
}
