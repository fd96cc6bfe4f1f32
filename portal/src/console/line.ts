import { post } from '../api/client';

/** The way to a console of a machine: a ticket that works once, then a web socket. */

export type Kind = 'vnc' | 'serial';

/** "vnc" in hexadecimal: the id of the graphics console of every machine that has a screen. */
const CONSOLE = '766e63';

export async function dial(vm: string, kind: Kind): Promise<WebSocket> {
  const { ticket } = await post<{ ticket: { value: string } }>(`/vms/${vm}/ticket`);
  const place = new URL(`/ovirt-engine/services/consoles/${vm}/${kind}`, window.location.origin);
  place.protocol = place.protocol === 'http:' ? 'ws:' : 'wss:';
  place.searchParams.set('ticket', ticket.value);
  const socket = new WebSocket(place, 'binary');
  socket.binaryType = 'arraybuffer';
  return socket;
}

/** What remote-viewer opens; its password works once. */
export async function viewerFile(vm: string): Promise<string> {
  const answer = await post<{ remote_viewer_connection_file: string }>(
    `/vms/${vm}/graphicsconsoles/${CONSOLE}/remoteviewerconnectionfile`,
  );
  return answer.remote_viewer_connection_file;
}
