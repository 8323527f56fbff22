// What the API answers; docs/api.md says what each of it means.

export interface Failure { code: string; what: string; hint: string | null }

export interface Me { as: 'here' | 'account' | 'nobody'; account: string | null; member: string | null; roles: string[] }
export interface Session extends Me { csrf: string | null }

export interface SourceAbout {
  name: string; title: string; organisation: string; licence: string; kind: string; sector: string | null; incidents: number;
}
export interface Profile { name: string; cited: string; rule: string; reference: string; is_estimate: boolean }
export interface Pool {
  name: string; program: string; me: Me; may: { judge: boolean; import: boolean; release: boolean };
  counts: { incidents: number; reports: number; sources: number; told_by_several: number; undated: number; unplaced: number };
  days: { first: string; last: string } | null;
  box: [number, number, number, number] | null;
  sources: SourceAbout[];
  kinds: { name: string; broader: string | null; incidents: number }[];
  countries: { name: string; incidents: number }[];
  sites: { kinds: [string, number][]; lines: string[] };
  profiles: Profile[];
}

export interface Cell {
  at: [number, number]; n: number; killed: number; box: [number, number, number, number];
  id: string | null; radius_m: number | null; kind: string | null;
}
export interface Bin { first: string; last: string; n: number; killed: number; several: number }
export interface Overview {
  total: number; undated: number; unplaced: number; sources: number; zoom: number;
  killed: [number, number]; injured: [number, number];
  cells: Cell[]; bin: string; bins: Bin[]; kinds: [string, number][]; states: [string, number][];
}

/** At least, and at most where that is bounded. */
export type Range = [number, number | null];
export interface Row {
  id: string; when: [string, string] | null; place: [number, number, number] | null;
  place_name: string | null; admin_1: string | null; country: string | null; kind: string | null;
  target: string | null; weapon: string | null; killed: Range | null; injured: Range | null;
  reports: number; sources: string[]; state: string; word: string; disputed: boolean;
}
export interface Rows { total: number; rows: Row[]; next: string | null }

export interface ClaimRef {
  report: string; claim: number; file?: string; row?: number; column?: string; said?: string;
  with?: { column: string; said: string }[];
}
export interface Settled<T> { value: T; rule: string; from: ClaimRef[]; against: ClaimRef[] }
export interface Toll {
  harm: string; whom: string; attackers: string; qualifier: string;
  low: number | null; best: number | null; high: number | null; as_of: string | null;
}
export interface ByProfile {
  profile: string; is_estimate: boolean; outcome: { state: string; word: string; because: string }; notes: string[];
  when: Settled<{ first: string; last: string }> | null;
  place: Settled<{ lat: number; lon: number; radius_m: number }> | null;
  place_name: Settled<string> | null; admin_1: Settled<string> | null; country: Settled<string> | null;
  kind: Settled<string> | null; target: Settled<string> | null; weapon: Settled<string> | null;
  tolls: Settled<Toll>[]; claimed_by: Settled<string>[]; blamed_on: Settled<string>[];
  not_used?: { part: string; because: string; claim: ClaimRef }[];
}
export interface Incident extends ByProfile {
  id: string; reports: string[]; sources: string[]; licence: string; profiles?: ByProfile[];
}
export interface ReportClaim { field: string; said: string; column: string | null; meant: Record<string, unknown> }
export interface Report {
  id: string; source: string; title: string; organisation: string; licence: string; credit: string | null;
  import?: string; file: string; row: number; taken_at: string; unit: string; claims: ReportClaim[];
}
export interface InFull { incident: Incident | null; reports: Report[]; marking: string | null; asked?: string }

export interface Reason { comparison: string; found: string; bits: number }
export interface Match { prior_bits: number; reasons: Reason[]; weight_bits: number; probability: number }
export interface Judgement {
  id: string; verdict: string; reports: [string, string]; by: string; because: string; at: string;
  withdrawn: { by: string; at: string } | null;
}
export interface Asked {
  request: number; incident: string | null; from: string; to: string; what: string; due: string | null; at: string | null;
  said: { kind: string; text: string; member: string; at: string | null }[]; ended: string | null; overdue: boolean;
}
export interface Coordination {
  incident: string; lead: { member: string | null; handed_over_to: string | null; because: string | null };
  requests: Asked[]; remarks: { text: string; member: string; at: string | null }[]; members: string[]; may: { ask: boolean };
}
export interface MyDesk {
  member: string; waiting_for_me: Asked[]; asked_by_me: Asked[]; overdue: number; ended: Asked[];
  handed_over_to_me: { incident: string | null; from: string; because: string; at: string | null }[];
}
export interface Why extends Partial<Match> {
  reports: Report[]; together: boolean; kept_apart?: string | null; calibrated_probability?: number;
  outcome?: string; judgements: Judgement[];
}
export interface How {
  incident: string | null; members?: string[];
  supports: { report: string; mean_bits?: number | null; strongest?: { report: string; bits: number } | null; lead?: boolean }[];
  nearest_outside?: { report: string; mean_bits: number; why: string } | null;
  join_bits?: number; parts?: { whole: string; part: string }[]; judgements: Judgement[]; history: string[];
}
export interface AskedReport { id: string; claims: ReportClaim[] }
export interface Question {
  reports: [AskedReport, AskedReport]; why: string; effect: string; match: Match;
  calibrated_probability: number; linked: boolean; incidents: ({ id: string; reports: number } | null)[];
}
export interface Review { pairs: number; linked_by: string; open: number; answered: number; questions: Question[] }
export interface Estimate { estimate: number; interval: [number, number]; enough: boolean }
export interface Figures { pairs: number; linked: number; open: number; about: string; enough: boolean; precision: Estimate; recall: Estimate }
export interface Effect { id: string | null; reports: string[]; when: [string, string] | null; killed: Range | null; injured: Range | null }
export interface Preview { before: Effect[]; after: Effect[]; changes: boolean; conflicts: string[] }
export interface Decided { judgement: Judgement; now: { report: string; incident: string | null }[]; conflicts: string[] }

export interface Import {
  import?: string; source: string; reader: string; file: string; dataset: string; version: string | null; taken_at: string;
  /** Nothing is counted of a source of which somebody may see a part only. */
  bytes?: number; read?: number; reports?: number; set_aside?: Record<string, number>; doubts?: Record<string, number>;
  added?: number; revised?: number; deleted?: number; unchanged?: number; previous?: string | null; has_previous: boolean;
  columns: { column: string; fate: string; what: string }[];
}
export interface SourceInFull {
  name: string; title: string; organisation: string; licence: string; credit: string | null; kind: string; imports: Import[];
}
export interface Release {
  release: number; of: 'alert' | 'marking'; subject: string; member: string; standing: string; asked: WhoSaid; decided: WhoSaid | null; withdrawn: WhoSaid | null;
  expires: string | null; alert: { headline: string | null; event: string | null; area: string | null; facts: Record<string, string> } | null;
  marking: string | null; may: { decide: boolean; withdraw: boolean };
}
export interface WhoSaid { by: string; at: string | null; because: string }
export interface Changes {
  source: string; from: Vintage; to: Vintage; added: number; revised: number; deleted: number; unchanged: number | null; offset: number;
  columns: { column: string; changes: number; sum: number | null }[];
  changes: { added?: string; deleted?: string; revised?: string; changes?: { field: string; column: string; before: string | null; after: string | null }[] }[];
}
export interface Vintage { file: string; version: string | null; taken_at: string }
export interface Tally { read: number; reports: number; set_aside: Record<string, number>; doubts: Record<string, number> }
export interface LeftOut { column: string; why: string; cells: number }
export interface ReadFile {
  file: string; reader: string; source: string; title: string; licence: string; tally: Tally;
  columns: { column: string; fate: string; what: string }[];
  refused: LeftOut[]; withheld: LeftOut[]; unknown: LeftOut[];
  reports: { report: string; row: number; unit: string; claims: ReportClaim[] }[];
  noted: { row: number; column?: string; doubt?: string; said?: string; set_aside?: string; because?: string }[];
}
export interface TakenIn { import: Import; known: boolean; tally?: Tally; incidents?: number; conflicts?: string[] }

export interface Sight {
  sign: string; headline: string; circle: { lat: number; lon: number; radius_km: number } | null; from: string; to: string;
  observed: number; expected: number; p: number; in_words: string; incidents: { id: string; sources: string[] }[]; sources: string[];
  sites: { id: string; name: string; lines: string[]; km: number }[]; only_newcomers: string | null;
  regions?: { name: string; incidents: number }[]; panel: { state: string } | null; without_newest: { state: string } | null;
}
export interface Alarm {
  alarm: number | null; sign: string; open: boolean; seen: { run: number; on: string; seen: Sight }[];
  acts: { done: string; to: string; verdict: string; known_on: string; because: string; by: string; at: string | null }[];
}
export interface Alarms {
  on: string | null; how: { history_days: number; longest_days: number; radius_km: number; once_in_days: number } | null;
  expected_false_alarms_per_year?: number; kept: boolean; alarms: Alarm[];
  scores: { days: number; alarms: number; hits: number; false_alarms: number; cannot_tell: number; open: number; expected_by_chance: number; median_lead_days: number | null } | null;
}
export interface Quantiles { n: number; p10: number; p25: number; median: number; p75: number; p90: number }
export interface Knew {
  each: string; incidents_told: number;
  parties: { party: string; tells: number; tells_alone: number; first: number; if_shared_when_written: { never_told: number; earlier_days: Quantiles | null } }[];
  cover: { smallest: string[]; is_exact: boolean };
  lags: { first: string; later: string; days_are_of: string; days: Quantiles; same_day: number }[];
  alarms: { fired: { fired: string; incidents: string[]; alone: { party: string; fired: string | null; days_later: number | null }[] }[] } | null;
  incidents: { id: string; when: string | null; learnt: { party: string; learnt: string; by: string; days_later: number | null }[] }[];
}
export interface Subscription {
  subscription: number; name: string; query: string; tells: string[]; door: string; address: string; since: string | null; feed: string;
  secret?: string; messages: { message: number; at: string | null; items: number; state: string; tries: number; why: string }[];
}
export interface Subscriptions { subscriptions: Subscription[]; tells: string[]; doors: { door: string; goes_to: string[] }[] }
export interface SitesOf {
  suggestions: { site: string; name: string; lines: string[]; tag: string; metres: number; surely_within: boolean; because: string }[];
  decisions: { site: string; name: string; tag: string; accepted: boolean; metres: number | null; by: string; because: string; at: string }[];
  why_none: string | null;
}
export interface Released {
  pool: string;
  alerts: { alert: string; headline: string | null; event: string | null; area: string | null; sender: string; sent: string; calls_off: string | null; facts: Record<string, string>; document: string }[];
}
export interface Correction {
  correction?: number; about: string; text: string; reference: string | null; at: string | null;
  answer: { verdict: string; text: string; at: string | null } | null;
}
export interface Corrections { waiting: number; verdicts: string[]; corrections: Correction[] }
export interface Draft { mapping: string; fields: string[]; licences: string[]; kinds: string[] }
