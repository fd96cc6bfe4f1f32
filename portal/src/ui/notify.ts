import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/client';
import { t } from '../i18n';

/** Short messages at the edge of the window. */
export interface Notice {
  id: number;
  variant: 'success' | 'danger' | 'info' | 'warning';
  title: string;
  text: string;
  link?: { to: string; label: string };
}

let notices: readonly Notice[] = [];
let next = 1;
const watchers = new Set<() => void>();

function set(changed: readonly Notice[]) {
  notices = changed;
  for (const watcher of watchers) watcher();
}

export function notify(notice: Omit<Notice, 'id'>) {
  set([...notices.slice(-4), { ...notice, id: next++ }]);
}

export const dismiss = (id: number) => set(notices.filter((notice) => notice.id !== id));

export const useNotices = () =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => notices,
  );

/** What happened, in the engine's words, and where to read more. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    const more =
      error.correlation && error.status >= 500 ? ` ${t('failed.correlation', { id: error.correlation })}` : '';
    return (error.detail || error.reason) + more;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Does something to several objects at once; each failure is told by itself. */
export async function act<T extends { id: string; name?: string }>(
  label: string,
  rows: readonly T[],
  work: (row: T) => Promise<unknown>,
): Promise<boolean> {
  const outcomes = await Promise.allSettled(rows.map(work));
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'rejected') {
      notify({
        variant: 'danger',
        title: t('failed.title', { action: label, what: rows[index]?.name ?? '' }),
        text: explain(outcome.reason),
      });
    }
  });
  const done = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
  if (done > 0) {
    const what = rows.length === 1 ? (rows[0]?.name ?? '') : t('confirm.several', { count: done });
    notify({ variant: 'success', title: t('done.started', { action: label, what }), text: '' });
  }
  return done === rows.length;
}
