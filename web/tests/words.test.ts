import { describe, expect, it } from 'vitest';
import { ALL, LANGUAGES } from '../src/words';

/** Every key, with what kind of thing it stands for. */
function keys(of: unknown, path = ''): string[] {
  if (typeof of !== 'object' || of === null) return [`${path}: ${typeof of}`];
  return Object.entries(of).flatMap(([key, value]) => keys(value, `${path}.${key}`));
}

describe('the words of the pages', () => {
  it.each(LANGUAGES)('are all there in %s', (language) => {
    expect(keys(ALL[language]).sort()).toEqual(keys(ALL.en).sort());
  });

  it.each(LANGUAGES)('leave nothing blank in %s', (language) => {
    const blank: string[] = [];
    const look = (of: unknown, path: string) => {
      if (typeof of === 'string' && !of.trim()) blank.push(path);
      if (typeof of === 'object' && of !== null) for (const [key, value] of Object.entries(of)) look(value, `${path}.${key}`);
    };
    look(ALL[language], language);
    expect(blank).toEqual([]);
  });

  it('are words of their own in each language', () => {
    const { de, en } = ALL;
    expect(de.nav.overview).not.toBe(en.nav.overview);
    expect(de.overview.total(1)).toBe('1 Vorfall');
    expect(de.overview.total(1234)).toBe('1.234 Vorfälle');
    expect(en.overview.total(1234)).toBe('1,234 incidents');
  });
});
