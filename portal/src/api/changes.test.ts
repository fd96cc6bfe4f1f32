import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it, vi } from 'vitest';
import { Changes, patched, readEvents } from './changes';

const stream = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

describe('the change feed', () => {
  it('reads events that arrive in pieces, and the place after each batch', async () => {
    const heard: string[] = [];
    const places: string[] = [];
    await readEvents(
      stream('retry: 2000\n\nevent: cha', 'nge\ndata: {"collection":"vms"}\n\nid: run.4\n', '\nid: run.5\n\n'),
      ({ event, data }) => heard.push(`${event} ${data}`),
      (place) => places.push(place),
    );
    expect(heard).toEqual(['change {"collection":"vms"}']);
    expect(places).toEqual(['run.4', 'run.5']);
  });

  it('replaces what changed, adds what is new, drops what is gone and leaves the rest as it was', () => {
    const one = { id: '1', name: 'one' };
    const before = [one, { id: '2', name: 'two' }, { id: '3', name: 'three' }];
    const after = patched(before, [
      { id: '2', object: { id: '2', name: 'zwei' } as { id: string } },
      { id: '3', object: undefined },
      { id: '4', object: { id: '4', name: 'four' } as { id: string } },
      undefined,
    ]);
    expect(after).toEqual([one, { id: '2', name: 'zwei' }, { id: '4', name: 'four' }]);
    expect(after[0]).toBe(one);
  });

  it('reads a list once more that was being read when its collection changed', async () => {
    const queries = new QueryClient();
    const answers: ((machines: { id: string }[]) => void)[] = [];
    const list = new QueryObserver(queries, {
      queryKey: ['list', 'vms', ''],
      queryFn: () => new Promise<{ id: string }[]>((answer) => answers.push(answer)),
    });
    const stop = list.subscribe(() => undefined);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const changes = new Changes(queries);
    changes.add({ collection: 'vms' });
    changes.add({ collection: 'vms' });
    await new Promise((resume) => setTimeout(resume, 300));
    // Asked for before the machine was removed, answered after.
    answers[0]?.([{ id: 'removed' }]);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.([]);
    await vi.waitFor(() => expect(list.getCurrentResult().data).toEqual([]));
    expect(answers).toHaveLength(2);
    stop();
  });
});
