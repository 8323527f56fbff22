import { describe, expect, it } from 'vitest';
import { about, columns, readAs, saying } from '../src/lib/draft';

const DRAFT = `# A draft
[source]
name = "foo"
title = "foo" # decide: the data set's title

[date]
start = "event_date" # 30 different values

[fields]
"place" = "place-name" # 31 different values

[ignore]
"say \\"so\\"" = "decide" # one value
"outlet" = "decide"

[refuse]
"victim" = "may be about persons"`;

describe('a drafted mapping', () => {
  it('lists the columns that stand alone, and no others', () => {
    expect(columns(DRAFT)).toEqual([
      { column: 'place', as: 'place-name', note: '31 different values' },
      { column: 'say "so"', as: '', note: 'one value' },
      { column: 'outlet', as: '', note: '' },
    ]);
  });

  it('moves a column from one section to the other and back, and leaves all else as it is', () => {
    const moved = readAs(DRAFT, 'say "so"', 'target');
    expect(columns(moved).find((it) => it.column === 'say "so"')?.as).toBe('target');
    expect(columns(moved)).toHaveLength(3);
    expect(moved).toContain('"victim" = "may be about persons"');
    const back = readAs(moved, 'say "so"', '');
    expect(columns(back).find((it) => it.column === 'say "so"')?.as).toBe('');
    expect(readAs(DRAFT, 'nobody', 'target')).toBe(DRAFT);
    expect(readAs(DRAFT, 'place', 'place-name')).toBe(DRAFT);
    expect(columns(readAs('[ignore]\n"a" = "decide"', 'a', 'target'))).toEqual([{ column: 'a', as: 'target', note: '' }]);
  });

  it('says what the source says of itself, quotes and all', () => {
    const said = saying(DRAFT, 'title', 'The "Foo" file');
    expect(about(said, 'title')).toBe('The "Foo" file');
    expect(about(DRAFT, 'name')).toBe('foo');
    expect(about(saying(DRAFT, 'credit', 'CC0'), 'credit')).toBe('CC0');
    expect(saying('nothing', 'title', 'x')).toBe('nothing');
  });
});
