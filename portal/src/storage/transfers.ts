import { useSyncExternalStore } from 'react';

/** An upload or a download that goes on in this page. */
export interface Transfer {
  id: number;
  name: string;
  way: 'up' | 'down';
  done: number;
  total: number;
  state: 'running' | 'paused' | 'finishing' | 'done' | 'failed' | 'cancelled';
  error: string;
}

let transfers: readonly Transfer[] = [];
let next = 1;
const watchers = new Set<() => void>();
const PATIENCE = 120_000;

export const WAIT = 300;

const set = (now: readonly Transfer[]) => {
  transfers = now;
  for (const watcher of watchers) watcher();
};

export function begin(name: string, way: Transfer['way'], total: number): number {
  const id = next++;
  set([...transfers, { id, name, way, done: 0, total, state: 'running', error: '' }]);
  return id;
}

export const change = (id: number, changes: Partial<Transfer>) =>
  set(transfers.map((each) => (each.id === id ? { ...each, ...changes } : each)));

/** Cancelled ones count as such also when nobody sees them any more. */
export const state = (id: number): Transfer['state'] => transfers.find((each) => each.id === id)?.state ?? 'cancelled';

export const setState = (id: number, now: Transfer['state']) => change(id, { state: now });

export const forget = (id: number) => set(transfers.filter((each) => each.id !== id));

export const useTransfers = () =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => transfers,
  );

export const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));

/** Looks until it is good; after two minutes with what there is. */
export async function until<T>(look: () => Promise<T>, good: (now: T) => boolean): Promise<T> {
  const late = Date.now() + PATIENCE;
  for (;;) {
    const now = await look();
    if (good(now) || Date.now() > late) return now;
    await pause(WAIT);
  }
}
