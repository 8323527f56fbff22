import { describe, expect, it } from 'vitest';
import { failureOf } from '../src/lib/api';
import { unwrapped } from '../src/lib/basemap';
import { beside } from '../src/lib/beside';
import { areas, circle, dots, short, size } from '../src/lib/cells';
import { bits, day, days, metres, odds, perDay, range } from '../src/lib/format';
import { steps } from '../src/lib/steps';
import { understood } from '../src/lib/understood';

describe('numbers and days', () => {
  it('say what was said, and no more', () => {
    expect(range(null, 'en')).toBe('');
    expect(range([43, 43], 'en')).toBe('43');
    expect(range([31, 43], 'en')).toBe('31–43');
    expect(range([31, null], 'en')).toBe('31 +');
    expect(range([1200, 1300], 'de')).toBe('1.200–1.300');
  });

  it('are days without a clock, in any year', () => {
    expect(day('2014-05-22', 'en-GB')).toBe('22 May 2014');
    expect(day('0079-08-24', 'en-GB')).toContain('79');
    expect(days(['2014-05-22', '2014-05-22'], 'en-GB')).toBe('22 May 2014');
    expect(days(['2014-05-22', '2014-05-24'], 'en-GB')).toBe('22 May 2014 – 24 May 2014');
    expect(days(null, 'en')).toBe('');
  });

  it('have a sign and no negative nothing', () => {
    expect(bits(-0.001)).toBe('+0.00');
    expect(bits(-1.5)).toBe('−1.50');
    expect(odds(3)).toEqual([8, 1]);
    expect(odds(-3)).toEqual([1, 8]);
    expect(metres(500, 'en')).toBe('500 m');
    expect(metres(2500, 'en')).toBe('2.5 km');
  });
});

describe('bars', () => {
  it('begin where the one before ended, and end at the sum', () => {
    const made = steps(-4, [{ bits: 6 }, { bits: -1 }]);
    // From -4 to 2: six bits wide, nothing at two thirds.
    expect(made.zero).toBeCloseTo(66.67, 1);
    expect(made.steps.map((it) => Math.round(it.x))).toEqual([0, 0, 83]);
    expect(made.steps.map((it) => Math.round(it.width))).toEqual([67, 100, 17]);
    const last = made.steps[2]!;
    expect(last.x).toBeCloseTo(made.zero + 100 / 6, 1);
  });
});

describe('the map', () => {
  const cell = { at: [87.6, 43.8] as [number, number], killed: 3, box: [87, 43, 88, 44] as [number, number, number, number] };
  it('draws a place known to 50 km as an area as wide as that', () => {
    const one = { ...cell, n: 1, id: 'a:1', radius_m: 50_000, kind: 'bomb' };
    const many = { ...cell, n: 3, id: null, radius_m: null, kind: null };
    expect(areas([one, many]).features).toHaveLength(1);
    expect(dots([one, many]).features).toHaveLength(2);
    const ring = circle([0, 60], 111_195);
    expect(Math.max(...ring.map((it) => it[1]))).toBeCloseTo(61, 5);
    expect(Math.max(...ring.map((it) => it[0]))).toBeCloseTo(2, 3);
    expect(ring[0]).toEqual(ring[ring.length - 1]);
  });

  it('writes large numbers short and draws them larger', () => {
    expect([7, 999, 1234, 45_600, 2_500_000].map(short)).toEqual(['7', '999', '1.2k', '46k', '2.5M']);
    expect(size(1)).toBeLessThan(size(2));
    expect(size(1e9)).toBe(34);
  });

  it('lets no country that lies on 180° cross the whole map', () => {
    const ring = [[179, -17], [-179, -17], [-179, -18], [179, -18], [179, -17]];
    expect(unwrapped(ring)).toEqual([[179, -17], [181, -17], [181, -18], [179, -18], [179, -17]]);
    expect(unwrapped([[0, 1], [1, 1], [0, 1]])).toEqual([[0, 1], [1, 1], [0, 1]]);
  });
});

describe('two reports beside each other', () => {
  const claim = (field: string, said: string, meant: Record<string, unknown>) => ({ field, said, column: 'c', meant });
  it('differ where what they mean differs, not where only the spelling does', () => {
    const left = { id: 'a:1', claims: [claim('when', '22.05.2014', { first: '2014-05-22', last: '2014-05-22' }), claim('kind', 'bomb', { kind: 'bomb' }), claim('target', 'x', { words: 'x' })] };
    const right = { id: 'b:1', claims: [claim('when', '2014-05-22', { last: '2014-05-22', first: '2014-05-22' }), claim('kind', 'RAM', { kind: 'vehicle-ramming' })] };
    const rows = beside(left, right);
    expect(rows.map((it) => [it.field, it.differs])).toEqual([['when', false], ['kind', true], ['target', false]]);
  });
});

describe('what was understood', () => {
  it('is told in few words', () => {
    expect(understood({ words: 'market' })).toBe('market');
    expect(understood({ first: '2014-05-22', last: '2014-05-22' })).toBe('2014-05-22');
    expect(understood({ harm: 'killed', whom: 'all', low: 31, high: null, qualifier: 'at-least', as_of: null })).toBe('killed · 31 + · at-least');
    expect(understood({ not_understood: true })).toBe('?');
    expect(understood({})).toBe('');
  });
});

describe('an answer that is none', () => {
  it('is told by the code, also where it is not the desk that answers', () => {
    expect(failureOf(404, { error: { code: 'no-such-report', what: 'x', hint: null } }).code).toBe('no-such-report');
    expect(failureOf(502, '<html>').code).toBe('http-502');
  });
});

describe('days counted', () => {
  it('are there one by one, also those without any, across a month and a leap day', () => {
    const counted = perDay(['2024-02-28', '2024-03-01', '2024-03-01', '2024-03-09', ''], '2024-02-28', '2024-03-02');
    expect(counted).toEqual([
      { first: '2024-02-28', n: 1 }, { first: '2024-02-29', n: 0 }, { first: '2024-03-01', n: 2 }, { first: '2024-03-02', n: 0 },
    ]);
    expect(perDay([], '2024-03-02', '2024-03-01')).toEqual([]);
  });
});

describe('circles that are meant as such', () => {
  it('are drawn beside the places of incidents', () => {
    const drawn = areas([], [{ at: [20, 10], radius_m: 111_195 }]);
    expect(drawn.features).toHaveLength(1);
    const ring = (drawn.features[0]!.geometry as GeoJSON.Polygon).coordinates[0]!;
    expect(Math.max(...ring.map((it) => it[1]!))).toBeCloseTo(11, 2);
  });
});
