// Which page is shown: the path and the query of the address bar.

export const here = $state({ path: location.pathname, search: location.search });

function follow(): void {
  here.path = location.pathname;
  here.search = location.search;
}

/** Goes to an address of ours. */
export function go(to: string, replace = false): void {
  if (to === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  const moved = here.path !== location.pathname;
  follow();
  if (moved) {
    scrollTo(0, 0);
    // Whoever reads with a screen reader is told that there is another page.
    queueMicrotask(() => document.querySelector<HTMLElement>('main h1')?.focus());
  }
}

/** The part of an address after a prefix, decoded: the id of an incident. */
export function after(prefix: string): string | null {
  if (!here.path.startsWith(prefix)) return null;
  const rest = here.path.slice(prefix.length);
  try {
    return decodeURIComponent(rest) || null;
  } catch {
    return rest || null;
  }
}

/** The address of an incident's page. */
export function incidentPath(id: string): string {
  return `/incidents/${encodeURIComponent(id)}`;
}

/** Follows links to our own pages without loading them anew. */
export function listen(): () => void {
  const click = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.pathname.startsWith('/features') || link.pathname.startsWith('/here')) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener('popstate', follow);
  document.addEventListener('click', click);
  return () => {
    removeEventListener('popstate', follow);
    document.removeEventListener('click', click);
  };
}
