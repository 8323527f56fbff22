// What all pages share: who looks, what the pool has, in which language and light.

import { asFailure, change, get, setCsrf } from './api';
import type { Failure, Pool, Session } from './types';
import { LANGUAGES, type Language, words } from '../words';

export const desk = $state<{ pool: Pool | null; session: Session | null; failure: Failure | null; language: Language; theme: string }>({
  pool: null,
  session: null,
  failure: null,
  language: chosenLanguage(),
  theme: kept('theme') ?? 'auto',
});

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing shows the pages all the same.
  }
}

function chosenLanguage(): Language {
  const wanted = [kept('language'), ...navigator.languages.map((it) => it.slice(0, 2))];
  return LANGUAGES.find((it) => it === wanted.find((one) => LANGUAGES.includes(one as Language))) ?? 'en';
}

/** The words of the pages, in the language that was chosen. */
export function t() {
  return words(desk.language);
}

export function setLanguage(language: Language): void {
  desk.language = language;
  keep('language', language);
  shown();
}

export function setTheme(theme: string): void {
  desk.theme = theme;
  keep('theme', theme);
  shown();
}

/** Tells the document about language, direction and light. */
export function shown(): void {
  const root = document.documentElement;
  root.lang = desk.language;
  root.dir = words(desk.language).direction;
  if (desk.theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = desk.theme;
}

export function isDark(): boolean {
  return desk.theme === 'dark' || (desk.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
}

/** Asks who looks and what there is. */
export async function load(): Promise<void> {
  try {
    const [session, pool] = await Promise.all([get<Session>('session'), get<Pool>('pool')]);
    setCsrf(session.csrf);
    desk.session = session;
    desk.pool = pool;
    desk.failure = null;
  } catch (error) {
    desk.failure = asFailure(error);
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  const session = await change<Session>('POST', 'session', { name, password });
  setCsrf(session.csrf);
  await load();
}

export async function signOut(): Promise<void> {
  await change('DELETE', 'session');
  setCsrf(null);
  await load();
}
