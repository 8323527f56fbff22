// The question in the address bar. Whatever is shown can be sent to a colleague as a link.

/** The words that filter incidents, in the order in which they stand in an address. */
export const FILTERS = [
  'since', 'until', 'country', 'place', 'kind', 'told-by', 'sector', 'min-sources', 'min-killed', 'min-injured', 'state', 'text', 'bbox', 'within',
  'near-site', 'near-line', 'near-kind', 'near-km',
  'profile', 'as-known-on',
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Partial<Record<FilterName, string>>;

/** Reads the filters of an address; what is no filter is passed over. */
export function readFilters(search: string): Filters {
  const params = new URLSearchParams(search);
  const filters: Filters = {};
  for (const name of FILTERS) {
    const value = params.get(name)?.trim();
    if (value) filters[name] = value;
  }
  return filters;
}

/** The same filters always make the same address. */
export function writeFilters(filters: Filters, more: Record<string, string> = {}): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of FILTERS) {
    const value = filters[name]?.trim();
    if (value) params.set(name, value);
  }
  for (const [name, value] of Object.entries(more)) if (value) params.set(name, value);
  return params;
}

/** How many filters narrow what is shown; by which rules it is settled and as known when do not. */
export function countFilters(filters: Filters): number {
  const silent: FilterName[] = ['profile', 'as-known-on', 'near-km'];
  return FILTERS.filter((name) => !silent.includes(name) && filters[name]).length;
}

/** What a brush over a time line stands for: whole bins, from the first to the last that it touches. */
export function brushed(bins: { first: string; last: string }[], from: number, to: number): { since: string; until: string } | null {
  if (bins.length === 0) return null;
  const clamp = (it: number) => Math.max(0, Math.min(bins.length - 1, Math.floor(it)));
  const first = bins[clamp(Math.min(from, to))];
  const last = bins[clamp(Math.max(from, to))];
  return first && last ? { since: first.first, until: last.last } : null;
}

/** Which bins a stretch of days covers: the first and the last position, or nothing. */
export function covered(bins: { first: string; last: string }[], since?: string, until?: string): [number, number] | null {
  if (!since && !until) return null;
  const from = since ? bins.findIndex((bin) => bin.last >= since) : 0;
  let to = bins.length - 1;
  if (until) while (to >= 0 && bins[to]!.first > until) to -= 1;
  return from < 0 || to < from ? null : [from, to];
}
