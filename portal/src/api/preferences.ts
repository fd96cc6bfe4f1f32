import { ask } from './client';

/** What a person prefers: kept by the engine for wherever they sign on, and in this browser so that it is there at once. */

const PLACE = '/ovirt-engine/services/preferences';
const HERE = 'bellwether.';
const GATHER = 400;

let waiting: Record<string, string> = {};
let timer: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();

export const preference = (name: string): string => localStorage.getItem(HERE + name) ?? '';

export function prefer(name: string, content: string) {
  if (content) localStorage.setItem(HERE + name, content);
  else localStorage.removeItem(HERE + name);
  waiting[name] = content;
  clearTimeout(timer);
  timer = setTimeout(() => {
    const body = waiting;
    waiting = {};
    // Here it holds anyway; the engine is told again with the next change.
    ask(PLACE, { method: 'PUT', body }).catch(() => {
      waiting = { ...body, ...waiting };
    });
  }, GATHER);
  for (const watcher of watchers) watcher();
}

/** Takes over what the engine keeps, when somebody has signed on; answers whether anything is new. */
export async function pull(): Promise<boolean> {
  const kept = await ask<Record<string, string>>(PLACE);
  let news = false;
  for (const [name, content] of Object.entries(kept)) {
    if (name in waiting || preference(name) === content) continue;
    localStorage.setItem(HERE + name, content);
    news = true;
  }
  if (news) for (const watcher of watchers) watcher();
  return news;
}

export function watchPreferences(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
