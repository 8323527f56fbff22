// Asking the desk. Every answer that is no answer is a `Refused` with the code, the sentence and the hint that the
// desk gave.

import type { Failure } from './types';

export class Refused extends Error {
  constructor(public readonly status: number, public readonly failure: Failure) {
    super(failure.what);
  }
}

let csrf: string | null = null;

/** Remembers the word that changes must carry. */
export function setCsrf(word: string | null): void {
  csrf = word;
}

export const API = '/api/v1';

/** The address of an answer, as a link to its JSON. */
export function address(path: string, query?: URLSearchParams | Record<string, string>): string {
  const text = query ? new URLSearchParams(query).toString() : '';
  return `${API}/${path}${text ? `?${text}` : ''}`;
}

async function answered<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  throw new Refused(response.status, failureOf(response.status, body));
}

/** What went wrong, also where the answer is none of the desk's. */
export function failureOf(status: number, body: unknown): Failure {
  const error = (body as { error?: Partial<Failure> } | null)?.error;
  return {
    code: error?.code ?? `http-${status}`,
    what: error?.what ?? `the desk answered ${status}`,
    hint: error?.hint ?? null,
  };
}

export async function get<T>(path: string, query?: URLSearchParams | Record<string, string>, signal?: AbortSignal): Promise<T> {
  try {
    return await answered<T>(await fetch(address(path, query), { signal: signal ?? null, headers: { Accept: 'application/json' } }));
  } catch (error) {
    throw reachable(error);
  }
}

export async function change<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (csrf) headers['X-CSRF-Token'] = csrf;
  try {
    return await answered<T>(
      await fetch(address(path), { method, headers, body: body === undefined ? null : JSON.stringify(body) }),
    );
  } catch (error) {
    throw reachable(error);
  }
}

/** Hands in a file; `progress` is told which share of it has been sent. */
export function handIn<T>(path: string, query: Record<string, string>, file: Blob, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(path, query));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    if (csrf) request.setRequestHeader('X-CSRF-Token', csrf);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(unreachable());
    request.onload = () => {
      let body: unknown = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // Told below.
      }
      if (request.status >= 200 && request.status < 300 && body !== null) resolve(body as T);
      else reject(new Refused(request.status, failureOf(request.status, body)));
    };
    request.send(file);
  });
}

function unreachable(): Refused {
  return new Refused(0, { code: 'not-reachable', what: 'the desk does not answer', hint: null });
}

/** A request that was given up stays what it is; one that reached nobody is told as such. */
function reachable(error: unknown): unknown {
  if (error instanceof Refused || (error instanceof DOMException && error.name === 'AbortError')) return error;
  return unreachable();
}

export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function asFailure(error: unknown): Failure {
  return error instanceof Refused ? error.failure : { code: 'failed', what: String(error), hint: null };
}
