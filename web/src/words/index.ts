import { de } from './de';
import { en, type Words } from './en';

export const ALL = { en, de };
export type Language = keyof typeof ALL;
export const LANGUAGES = Object.keys(ALL) as Language[];

export function words(language: Language): Words {
  return ALL[language];
}
