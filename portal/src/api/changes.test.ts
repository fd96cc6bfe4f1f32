import { describe, expect, it } from 'vitest';
import { patched, readEvents } from './changes';

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
});
