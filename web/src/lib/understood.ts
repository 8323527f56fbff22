// What was understood of a cell, in few words that are the same in every language.

export function understood(meant: Record<string, unknown>): string {
  if ('words' in meant) return String(meant.words ?? '');
  if ('first' in meant) return meant.first === meant.last ? String(meant.first) : `${meant.first} – ${meant.last}`;
  if ('lat' in meant) return `${meant.lat}, ${meant.lon} ± ${meant.radius_m} m`;
  if ('harm' in meant) {
    const { low, high } = meant as { low: number | null; high: number | null };
    const count = low === null ? '?' : high === null ? `${low} +` : low === high ? `${low}` : `${low}–${high}`;
    return [meant.harm, meant.whom, count, meant.qualifier, meant.as_of].filter((it) => it && it !== 'all' && it !== 'exactly').join(' · ');
  }
  if ('part_of' in meant) return `→ ${String(meant.part_of)}`;
  if ('not_understood' in meant) return '?';
  const [value] = Object.values(meant);
  return value === null || value === undefined ? '' : String(value);
}
