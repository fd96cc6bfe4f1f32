import { ApiError, authorization, call, post } from '../api/client';
import type { Disk } from '../api/types';
import { t } from '../i18n';
import { explain } from '../ui/notify';
import { begin, change, pause, setState, state, until, WAIT } from './transfers';

const CHUNK = 8 * 1024 * 1024;
/** More than that a browser without files of its own cannot hold. */
const MOST_IN_MEMORY = 2 * 1024 ** 3;

interface Ticket {
  id: string;
  phase?: string;
  proxy_url?: string;
}

/** Where the bytes go. */
interface Sink {
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  close: () => Promise<void>;
  abort: () => Promise<void>;
}

type Picker = (options: { suggestedName: string }) => Promise<{
  createWritable: () => Promise<{
    write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
    close: () => Promise<void>;
    abort: () => Promise<void>;
  }>;
}>;

function inMemory(name: string): Sink {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (bytes) => {
      parts.push(bytes);
    },
    close: async () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(parts));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
    abort: async () => {
      parts.length = 0;
    },
  };
}

/** A file of the person's choice where the browser lets us write one; undefined when they chose none. */
async function sinkFor(name: string): Promise<{ sink: Sink; most: number } | undefined> {
  const pick = (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (!pick) return { sink: inMemory(name), most: MOST_IN_MEMORY };
  try {
    return { sink: await (await pick({ suggestedName: name })).createWritable(), most: Number.MAX_SAFE_INTEGER };
  } catch (refused) {
    if (refused instanceof DOMException && refused.name === 'AbortError') return undefined;
    return { sink: inMemory(name), most: MOST_IN_MEMORY };
  }
}

async function range(path: string, from: number, to: number) {
  const reply = await fetch(path, {
    credentials: 'omit',
    headers: { ...authorization(), Range: `bytes=${from}-${to}` },
  });
  if (!reply.ok) {
    const fault = (await reply.json().catch(() => ({}))) as { detail?: string; reason?: string };
    throw new ApiError(reply.status, fault.reason ?? '', fault.detail ?? reply.statusText, '');
  }
  const total = Number(/\/(\d+)$/.exec(reply.headers.get('Content-Range') ?? '')?.[1]);
  return { bytes: new Uint8Array(await reply.arrayBuffer()), total };
}

/** Fetches a disk, or what a backup holds of it, into a file; how far it is, the list of transfers shows. */
export async function download(disk: Disk, name: string, backup?: string): Promise<void> {
  const file = await sinkFor(name);
  if (!file) return;
  const { sink, most } = file;
  let ticket = await post<Ticket>('/imagetransfers', {
    disk: { id: disk.id },
    direction: 'download',
    format: backup ? 'raw' : disk.format,
    ...(backup && { backup: { id: backup } }),
  });
  const place = `/imagetransfers/${ticket.id}`;
  const id = begin(name, 'down', Number(disk.provisioned_size ?? 0));
  void (async () => {
    try {
      ticket = await until(
        () => call<Ticket>(place),
        (now) => now.phase === 'transferring' && now.proxy_url !== undefined,
      );
      // The engine names itself as its hosts reach it; we came another way, which is as good.
      const path = new URL(ticket.proxy_url ?? '').pathname;
      for (let from = 0, total = 1; from < total; ) {
        while (state(id) === 'paused') await pause(WAIT);
        if (state(id) === 'cancelled') {
          await sink.abort();
          await post(`${place}/cancel`);
          return;
        }
        const piece = await range(path, from, from + CHUNK - 1);
        total = piece.total;
        if (!(total <= most)) throw new Error(t('disk.downloadLarge'));
        await sink.write(piece.bytes);
        from += piece.bytes.length;
        change(id, { done: from, total });
      }
      setState(id, 'finishing');
      await sink.close();
      await post(`${place}/finalize`);
      setState(id, 'done');
    } catch (failed) {
      change(id, { state: 'failed', error: explain(failed) });
      await sink.abort().catch(() => undefined);
      await post(`${place}/cancel`).catch(() => undefined);
    }
  })();
}
