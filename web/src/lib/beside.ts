// Two reports field by field, in the words of their cells.

import type { AskedReport, ReportClaim } from './types';

export interface Beside { field: string; left: string[]; right: string[]; differs: boolean }

/** What a claim was understood as, for comparing: the same day in two spellings is no difference. */
function understood(claim: ReportClaim): string {
  return JSON.stringify(claim.meant, Object.keys(claim.meant).sort());
}

const isShown = (claim: ReportClaim) => claim.field !== 'wording' && !('unknown' in claim.meant && claim.said === '');

/** Every field of both; a field that only one has does not differ: nobody says otherwise. */
export function beside(left: AskedReport, right: AskedReport): Beside[] {
  const fields: string[] = [];
  for (const claim of [...left.claims, ...right.claims]) {
    if (isShown(claim) && !fields.includes(claim.field)) fields.push(claim.field);
  }
  return fields.map((field) => {
    const [a, b] = [left, right].map((report) => report.claims.filter((it) => it.field === field && isShown(it)));
    const heads = (claims: ReportClaim[]) => claims.filter((it) => !('part_of' in it.meant)).map(understood);
    const [mine, theirs] = [heads(a!), heads(b!)];
    const differs = mine.length > 0 && theirs.length > 0 && !mine.some((it) => theirs.includes(it));
    return { field, left: a!.map((it) => it.said), right: b!.map((it) => it.said), differs };
  });
}
