import { describe, expect, it } from 'vitest';
import { brushed, countFilters, covered, readFilters, writeFilters } from '../src/lib/query';

const bins = [
  { first: '2014-01-01', last: '2014-01-31' },
  { first: '2014-02-01', last: '2014-02-28' },
  { first: '2014-03-01', last: '2014-03-31' },
];

describe('a question in the address bar', () => {
  it('is read and written back as the same address, in one order', () => {
    const search = '?text=market+place&since=2014-01-01&min-killed=3&odd=1&kind=';
    const filters = readFilters(search);
    expect(filters).toEqual({ since: '2014-01-01', 'min-killed': '3', text: 'market place' });
    expect(writeFilters(filters).toString()).toBe('since=2014-01-01&min-killed=3&text=market+place');
    expect(readFilters(`?${writeFilters(filters)}`)).toEqual(filters);
  });

  it('counts what narrows, not how it is settled or known', () => {
    expect(countFilters({ profile: 'model', 'as-known-on': '2014-01-01' })).toBe(0);
    expect(countFilters({ since: '2014-01-01', country: 'China' })).toBe(2);
  });
});

describe('a brush', () => {
  it('chooses whole bins, in whichever direction it is drawn', () => {
    expect(brushed(bins, 0.9, 1.2)).toEqual({ since: '2014-01-01', until: '2014-02-28' });
    expect(brushed(bins, 2.5, 1.0)).toEqual({ since: '2014-02-01', until: '2014-03-31' });
    expect(brushed(bins, -5, 99)).toEqual({ since: '2014-01-01', until: '2014-03-31' });
    expect(brushed([], 0, 1)).toBeNull();
  });

  it('is shown where the days are, and nowhere without any', () => {
    expect(covered(bins)).toBeNull();
    expect(covered(bins, '2014-02-10', '2014-02-11')).toEqual([1, 1]);
    expect(covered(bins, '2014-02-10')).toEqual([1, 2]);
    expect(covered(bins, undefined, '2014-01-15')).toEqual([0, 0]);
    expect(covered(bins, '2015-01-01')).toBeNull();
  });
});
