/** The public API over JSON. The token lives here, in memory, and nowhere else that a script can read. */

const API = '/ovirt-engine/api';

/** What the API says went wrong, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly detail: string,
    readonly correlation: string,
  ) {
    super(detail || reason);
  }
}

let token = '';
let limited = false;
let onSignedOff: () => void = () => {};

export function useToken(value: string, options?: { onSignedOff: () => void }) {
  token = value;
  if (options) onSignedOff = options.onSignedOff;
}

/** The VM portal shows people what is theirs, whatever else they may see. */
export function seeOnlyOwn(own: boolean) {
  limited = own;
}

export function authorization(): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

interface Asked {
  method?: string;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

function plain(detail: string): string {
  return detail.replace(/^\[|\]$/g, '');
}

/** Of the API, or of what the engine serves beside it when the path says so itself. */
export const call = <T>(path: string, asked: Asked = {}): Promise<T> =>
  ask<T>(path.startsWith('/ovirt-engine/') ? path : API + path, asked);

/** Sends a form to what the engine serves beside the API. */
export const form = <T>(place: string, values: Record<string, string>) =>
  ask<T>(place, { method: 'POST', body: new URLSearchParams(values) });

/** As `call`, for what the engine serves beside the API. */
export async function ask<T>(place: string, { method = 'GET', body, signal }: Asked = {}): Promise<T> {
  const headers: Record<string, string> = { ...authorization(), Accept: 'application/json' };
  if (limited) headers.Filter = 'true';
  // Links and actions are most of an object, and nobody follows them here.
  if (method === 'GET') headers.Prefer = 'return=minimal';
  const asForm = body instanceof URLSearchParams;
  if (body !== undefined && !asForm) headers['Content-Type'] = 'application/json';
  let reply: Response;
  try {
    reply = await fetch(place, {
      method,
      headers,
      // Without the cookies, or a browser would ask for a password by itself when a session has ended.
      credentials: 'omit',
      ...(body !== undefined && { body: asForm ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (failed) {
    if (signal?.aborted) throw failed;
    throw new ApiError(0, 'unreachable', 'The engine cannot be reached.', '');
  }
  const text = await reply.text();
  let answer: Record<string, unknown> = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    // Not JSON: what stands between us and the engine answered.
  }
  if (!reply.ok) {
    if (reply.status === 401) onSignedOff();
    const fault = (answer.fault ?? answer) as { reason?: string; detail?: string };
    throw new ApiError(
      reply.status,
      fault.reason ?? reply.statusText,
      plain(fault.detail ?? ''),
      reply.headers.get('Correlation-Id') ?? '',
    );
  }
  return answer as T;
}

/** The members of a collection: the API wraps them in the name of one of them, and leaves an empty list out. */
export function members<T>(answer: Record<string, unknown>): T[] {
  for (const value of Object.values(answer)) {
    if (Array.isArray(value)) return value as T[];
  }
  return [];
}

/** What tables do not need and what makes up most of an object. */
export function slim<T>(object: T): T {
  const copy = { ...object } as Record<string, unknown>;
  delete copy.actions;
  delete copy.link;
  delete copy.href;
  return copy as T;
}

export async function list<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  return members<T>(await call(path, { signal })).map(slim);
}

export interface ActionReply {
  status?: string;
  job?: { id: string };
}

export const post = <T = ActionReply>(path: string, body: unknown = {}) => call<T>(path, { method: 'POST', body });
export const put = <T>(path: string, body: unknown) => call<T>(path, { method: 'PUT', body });
export const remove = (path: string) => call<ActionReply>(path, { method: 'DELETE' });
