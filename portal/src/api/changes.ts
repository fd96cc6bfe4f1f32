import type { Query, QueryClient } from '@tanstack/react-query';
import { ApiError, authorization, call, slim } from './client';
import { type Collection, collections } from './queries';

/** Keeps what is shown true to the engine by listening to its change feed. */

const PLACE = '/ovirt-engine/services/changes';
/** More changes than that in one list at once, and reading it anew is cheaper than reading each. */
const ONE_BY_ONE = 30;
/** Read as a whole always: newest first, or put together from several answers. */
const WHOLE: ReadonlySet<Collection> = new Set([
  'events',
  'jobs',
  'storage_domains',
  'quotas',
  'directories',
  'sso_clients',
  'licence_zones',
]);
const GATHER = 150;
const AGAIN = 2_000;

export interface Change {
  collection: string;
  id?: string;
  removed?: boolean;
}

export interface FeedEvent {
  event: string;
  data: string;
}

/** Reads server-sent events; fetch instead of EventSource, which cannot send a token. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  heard: (event: FeedEvent) => void,
  at: (place: string) => void,
) {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    let end = rest.indexOf('\n\n');
    while (end >= 0) {
      let event = 'message';
      const data: string[] = [];
      for (const line of rest.slice(0, end).split('\n')) {
        if (line.startsWith('event: ')) event = line.slice(7);
        else if (line.startsWith('data: ')) data.push(line.slice(6));
        else if (line.startsWith('id: ')) at(line.slice(4));
      }
      if (data.length > 0) heard({ event, data: data.join('\n') });
      rest = rest.slice(end + 2);
      end = rest.indexOf('\n\n');
    }
  }
}

/** What changed, gathered by collection; applied together, since one operation changes several things in a row. */
export class Changes {
  private readonly waiting = new Map<string, Map<string, boolean> | 'all'>();
  private readonly behind = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private applied: Promise<unknown> = Promise.resolve();

  constructor(private readonly queries: QueryClient) {}

  add({ collection, id, removed }: Change) {
    const known = this.waiting.get(collection);
    if (!id || known === 'all') this.waiting.set(collection, 'all');
    else this.waiting.set(collection, (known ?? new Map<string, boolean>()).set(id, removed === true));
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      // One after the other: an answer asked for earlier must not be put over a later one.
      this.applied = this.applied.then(() => this.apply());
    }, GATHER);
  }

  everything() {
    this.waiting.clear();
    void this.queries.invalidateQueries();
  }

  async apply() {
    const changes = [...this.waiting];
    this.waiting.clear();
    await Promise.all(changes.map(([collection, ids]) => this.changed(collection, ids)));
  }

  private async changed(collection: string, ids: Map<string, boolean> | 'all') {
    if (!(collection in collections)) {
      // Something that lies in others, such as a NIC: whatever is shown of insides is read again.
      void this.queries.invalidateQueries({ queryKey: ['sub'] });
      return;
    }
    const kind = collection as Collection;
    // Hosts and storage decide the status of what they belong to.
    if (kind === 'hosts' || kind === 'storage_domains') this.add({ collection: 'data_centers' });
    const lists = this.queries.getQueryCache().findAll({ queryKey: ['list', kind] });
    for (const query of this.queries.getQueryCache().findAll({ predicate: ({ queryKey }) => queryKey[1] === kind })) {
      const [what, , id] = query.queryKey as string[];
      if (what !== 'list' && (ids === 'all' || ids.has(id ?? '')))
        void this.queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
    const shown = lists.filter((query) => query.getObserversCount() > 0);
    const one = ids !== 'all' && ids.size <= ONE_BY_ONE && !WHOLE.has(kind);
    const whole = shown.find((query) => query.queryKey[2] === '' && query.state.data !== undefined);
    if (one && whole && whole.state.fetchStatus === 'idle') {
      await this.patch(kind, whole.queryKey, ids);
    }
    for (const query of lists) {
      if (one && query === whole && query.state.fetchStatus === 'idle') continue;
      void this.readAnew(query);
    }
  }

  /** One that is being read may have been asked for before the change: it is read once more when it is done. */
  private async readAnew(query: Query) {
    const same = { queryKey: query.queryKey, exact: true };
    if (query.state.fetchStatus === 'fetching') {
      if (this.behind.has(query.queryHash)) return;
      this.behind.add(query.queryHash);
      await this.queries.refetchQueries({ ...same, type: 'all' }, { cancelRefetch: false });
      this.behind.delete(query.queryHash);
    }
    await this.queries.invalidateQueries(same, { cancelRefetch: false });
  }

  private async patch(kind: Collection, key: readonly unknown[], ids: Map<string, boolean>) {
    const now = await Promise.all(
      [...ids].map(async ([id, removed]) => {
        if (removed) return { id, object: undefined };
        try {
          return { id, object: slim(await call<{ id: string }>(`${collections[kind]}/${id}`)) };
        } catch (error) {
          if (error instanceof ApiError && (error.status === 404 || error.status === 403))
            return { id, object: undefined };
          return undefined;
        }
      }),
    );
    this.queries.setQueryData(key, (before: { id: string }[] | undefined) => patched(before ?? [], now));
  }
}

/** The list with some members replaced, added or gone; whoever did not change stays the same object. */
export function patched<T extends { id: string }>(
  before: T[],
  changes: ({ id: string; object: { id: string } | undefined } | undefined)[],
): T[] {
  const news = new Map(
    changes.filter((each) => each !== undefined).map((each) => [each.id, each.object as T | undefined]),
  );
  const after: T[] = [];
  for (const member of before) {
    if (!news.has(member.id)) after.push(member);
    else {
      const object = news.get(member.id);
      if (object) after.push(object);
      news.delete(member.id);
    }
  }
  for (const object of news.values()) if (object) after.push(object);
  return after;
}

/** Listens until told to stop; after a break it goes on where it was. */
export function listen(queries: QueryClient, connected: (is: boolean) => void): () => void {
  const changes = new Changes(queries);
  const stop = new AbortController();
  let place = '';
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        const reply = await fetch(PLACE, {
          headers: { ...authorization(), Accept: 'text/event-stream', ...(place && { 'Last-Event-ID': place }) },
          credentials: 'omit',
          signal: stop.signal,
        });
        if (!reply.ok || !reply.body) throw new Error(`status ${reply.status}`);
        connected(true);
        await readEvents(
          reply.body,
          ({ event, data }) => {
            if (event === 'everything') changes.everything();
            else if (event === 'change') changes.add(JSON.parse(data) as Change);
          },
          (now) => {
            place = now;
          },
        );
      } catch {
        // The engine restarts, or the network is away: tried again below.
      }
      if (stop.signal.aborted) return;
      connected(false);
      await new Promise((resume) => setTimeout(resume, AGAIN));
      // Says whether the session has ended too.
      await call('').catch(() => undefined);
    }
  };
  void run();
  return () => stop.abort();
}
