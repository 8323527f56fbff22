// Reasons as steps on a scale: where each bar begins and how wide it is, in hundredths of the whole width.

export interface Step { bits: number; x: number; width: number }

/** Steps from nothing to the sum: each begins where the one before it ended. */
export function steps(prior: number, reasons: { bits: number }[]): { steps: Step[]; zero: number } {
  const all = [prior, ...reasons.map((it) => it.bits)];
  let sum = 0;
  const ends: [number, number][] = all.map((bits) => {
    const from = sum;
    sum += bits;
    return [from, sum];
  });
  const low = Math.min(0, ...ends.flat());
  const high = Math.max(0, ...ends.flat());
  const scale = 100 / (high - low || 1);
  const at = (bits: number) => (bits - low) * scale;
  return {
    zero: at(0),
    steps: ends.map(([from, to], idx) => ({
      bits: all[idx]!,
      x: at(Math.min(from, to)),
      width: Math.max(Math.abs(to - from) * scale, 0.4),
    })),
  };
}
