import {
  departmentPatchSchema,
  newDepartmentSchema,
  newOfficerSchema,
  officerPatchSchema,
} from './department.schema.js';

const department = { code: 'ROADS', name: '도로과' };
const takes = (extra: object) => newDepartmentSchema.safeParse({ ...department, ...extra }).success;

describe('a new department', () => {
  it('needs a code and a name', () => {
    expect(takes({})).toBe(true);
    expect(newDepartmentSchema.safeParse({ code: 'ROADS' }).success).toBe(false);
    expect(newDepartmentSchema.safeParse({ name: '도로과' }).success).toBe(false);
  });

  it.each(['ROADS', 'r', '1-2.3_4', 'x'.repeat(40)])('has the code %s', (code) => {
    expect(takes({ code })).toBe(true);
  });

  it.each(['', '-ROADS', 'ROADS 2', '도로', 'x'.repeat(41)])('has not the code "%s"', (code) => {
    expect(takes({ code })).toBe(false);
  });

  it('goes live on a day that exists', () => {
    expect(takes({ goLiveOn: '2024-02-29' })).toBe(true);
    expect(takes({ goLiveOn: '2026-02-29' })).toBe(false);
    expect(takes({ goLiveOn: null })).toBe(true);
  });

  it('takes nothing that it does not know', () => {
    expect(takes({ mergedInto: '01996f3e-0000-7000-8000-000000000001' })).toBe(false);
  });
});

describe('a change of a department', () => {
  it('cannot give it another code, nor a blank reason', () => {
    expect(departmentPatchSchema.safeParse({ code: 'PARKS' }).success).toBe(false);
    expect(departmentPatchSchema.safeParse({ reason: '' }).success).toBe(false);
    expect(departmentPatchSchema.safeParse({ goLiveOn: null, reason: 'not yet' }).success).toBe(true);
  });
});

describe('an officer', () => {
  const departmentId = '01996f3e-0000-7000-8000-000000000001';

  it('has a department and a name, and may have a number', () => {
    expect(newOfficerSchema.safeParse({ departmentId, name: '김하늘' }).success).toBe(true);
    expect(newOfficerSchema.safeParse({ departmentId, name: '' }).success).toBe(false);
    expect(newOfficerSchema.safeParse({ departmentId: 'roads', name: '김하늘' }).success).toBe(false);
    expect(newOfficerSchema.safeParse({ departmentId, name: '김하늘', phone: '0'.repeat(41) }).success).toBe(
      false,
    );
  });

  it('leaves or returns, and is never changed otherwise', () => {
    expect(officerPatchSchema.safeParse({ active: false }).success).toBe(true);
    // Decision 24: a change that changes nothing is answered.
    expect(officerPatchSchema.safeParse({}).success).toBe(true);
    expect(officerPatchSchema.safeParse({ active: false, name: '김하늘' }).success).toBe(false);
  });
});
