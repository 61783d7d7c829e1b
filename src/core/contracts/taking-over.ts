import { Injectable } from '@nestjs/common';
import { DepartmentsService } from '../departments/departments.service.js';
import { AppError } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';

/** Whether a department can take contracts of others without their alerts being lost, stopped or let loose. */
@Injectable()
export class TakingOver {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
  ) {}

  /** Throws `go-live-later` or `department-braked`. */
  async mustBeAble(departmentId: string, from: string[]): Promise<void> {
    await this.mustNotGoLiveLater(departmentId, from);
    await this.mustNotEvadeABrake(departmentId, from);
  }

  /** Else what fell due between the two days, and was missed or is still to go out, would become history. */
  private async mustNotGoLiveLater(departmentId: string, from: string[]): Promise<void> {
    const [later] = await this.database.rows<{
      code: string;
      own: string;
      other: string;
      live: string | null;
    }>(
      `SELECT t.code, t.go_live_on AS own, d.code AS other, d.go_live_on AS live
       FROM department t, department d
       WHERE t.id = $1 AND d.id = ANY($2) AND d.id <> t.id
         AND t.go_live_on > coalesce(d.go_live_on, '-infinity') LIMIT 1`,
      [departmentId, from],
    );
    if (!later) return;
    const since = later.live === null ? 'from the beginning' : `on ${later.live}`;
    throw new AppError(
      'conflict',
      'go-live-later',
      `${later.code} went live on ${later.own}, ${later.other} ${since}: contracts moved there would lose what fell due between.`,
    );
  }

  /** Somebody stopped the texts of one of the two, or of a department above it, and moving contracts must not undo or extend that. */
  private async mustNotEvadeABrake(departmentId: string, from: string[]): Promise<void> {
    const brakes = await this.database.rows<{ target: string }>(
      `SELECT target FROM brake WHERE scope = 'department' AND released_at IS NULL`,
    );
    const below = await Promise.all(brakes.map(({ target }) => this.departments.withThoseBelow(target)));
    const stopped = new Set(below.flat());
    if (from.every((id) => stopped.has(id) === stopped.has(departmentId))) return;
    throw new AppError(
      'conflict',
      'department-braked',
      'The texts of one of the two departments are stopped by a brake, and those of the other are not: release it first, or pull one on the other department.',
    );
  }
}
