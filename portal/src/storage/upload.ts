import { ApiError, authorization, call, post } from '../api/client';
import type { Disk } from '../api/types';
import { explain } from '../ui/notify';
import { begin, change, pause, setState, state, until, WAIT } from './transfers';

const CHUNK = 8 * 1024 * 1024;

interface Ticket {
  id: string;
  phase?: string;
  proxy_url?: string;
}

/** What an image file is: qcow2 says so, and how large a disk it holds, in its first bytes. */
export async function imageOf(file: Blob): Promise<{ format: 'raw' | 'cow'; size: number }> {
  const head = new DataView(await file.slice(0, 32).arrayBuffer());
  const qcow2 = head.byteLength >= 32 && head.getUint32(0) === 0x514649fb;
  const size = qcow2 ? Number(head.getBigUint64(24)) : file.size;
  return { format: qcow2 ? 'cow' : 'raw', size: Math.ceil(size / 4096) * 4096 };
}

async function send(id: number, url: string, file: File) {
  // The engine names itself as its hosts reach it; we came another way, which is as good.
  const path = new URL(url).pathname;
  for (let from = 0; from < file.size; ) {
    while (state(id) === 'paused') await pause(WAIT);
    if (state(id) === 'cancelled') return;
    const to = Math.min(from + CHUNK, file.size);
    const reply = await fetch(path, {
      method: 'PUT',
      credentials: 'omit',
      headers: { ...authorization(), 'Content-Range': `bytes ${from}-${to - 1}/*` },
      body: file.slice(from, to),
    });
    if (!reply.ok) {
      const fault = (await reply.json().catch(() => ({}))) as { detail?: string; reason?: string };
      throw new ApiError(reply.status, fault.reason ?? '', fault.detail ?? reply.statusText, '');
    }
    from = to;
    change(id, { done: from });
  }
}

/** Makes the disk and begins to send it; what becomes of it is seen in the list of uploads. */
export async function upload(file: File, name: string, domain: string, iso: boolean): Promise<void> {
  const image = await imageOf(file);
  const disk = await post<Disk>('/disks', {
    name,
    format: image.format,
    sparse: image.format === 'cow',
    provisioned_size: String(image.size),
    initial_size: String(file.size),
    ...(iso && { content_type: 'iso' }),
    storage_domains: { storage_domain: [{ id: domain }] },
  });
  const id = begin(name, 'up', file.size);
  void (async () => {
    let transfer: Ticket | undefined;
    try {
      await until(
        () => call<Disk>(`/disks/${disk.id}`),
        (now) => now.status === 'ok',
      );
      transfer = await post<Ticket>('/imagetransfers', {
        disk: { id: disk.id },
        direction: 'upload',
        format: image.format,
      });
      const place = `/imagetransfers/${transfer.id}`;
      transfer = await until(
        () => call<Ticket>(place),
        (now) => now.phase === 'transferring' && now.proxy_url !== undefined,
      );
      await send(id, transfer.proxy_url ?? '', file);
      if (state(id) === 'cancelled') {
        await post(`${place}/cancel`);
        return;
      }
      setState(id, 'finishing');
      await post(`${place}/finalize`);
      await until(
        () => call<Disk>(`/disks/${disk.id}`),
        (now) => now.status !== 'locked',
      );
      setState(id, 'done');
    } catch (failed) {
      change(id, { state: 'failed', error: explain(failed) });
      if (transfer) await post(`/imagetransfers/${transfer.id}/cancel`).catch(() => undefined);
    }
  })();
}
