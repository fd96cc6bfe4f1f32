import { createContext, useContext } from 'react';

/** Who is signed on. */
export interface Session {
  token: string;
  userId: string;
  userName: string;
  administrator: boolean;
}

const PLACE = '/ovirt-engine/sso/session';

interface Answer {
  access_token?: string;
  user_id?: string;
  user_name?: string;
  administrator?: boolean;
  error?: string;
  second_factor?: boolean;
}

/** The password is right, and a code of the second factor must come with it. */
export class CodeNeeded extends Error {}

const session = (answer: Answer): Session | undefined =>
  answer.access_token
    ? {
        token: answer.access_token,
        userId: answer.user_id ?? '',
        userName: answer.user_name ?? '',
        administrator: answer.administrator === true,
      }
    : undefined;

/** The session that a reload left behind, if it is good still. */
export async function resumed(): Promise<Session | undefined> {
  const reply = await fetch(PLACE);
  return reply.ok ? session((await reply.json()) as Answer) : undefined;
}

/** @throws Error in the engine's words */
export async function signOn(name: string, password: string, code = ''): Promise<Session> {
  let reply: Response;
  try {
    reply = await fetch(PLACE, { method: 'POST', body: new URLSearchParams({ username: name, password, otp: code }) });
  } catch {
    throw new Error('');
  }
  const answer = (await reply.json()) as Answer & { detail?: string };
  const begun = reply.ok ? session(answer) : undefined;
  if (answer.second_factor) throw new CodeNeeded();
  if (!begun) throw new Error((answer.error ?? answer.detail ?? '').replace(/^\[|\]$/g, ''));
  return begun;
}

/** A provider with its own page to sign on at. */
export interface Provider {
  name: string;
  sign_on: string;
}

/** Nothing when the engine does not say: passwords go on working. */
export async function providers(): Promise<Provider[]> {
  try {
    const reply = await fetch('/ovirt-engine/sso/profiles');
    const answer = (await reply.json()) as { profile?: Partial<Provider>[] };
    return (answer.profile ?? []).filter((each): each is Provider => !!each.name && !!each.sign_on);
  } catch {
    return [];
  }
}

export async function signOff(everywhere = false): Promise<void> {
  await fetch(PLACE + (everywhere ? '?everywhere=true' : ''), { method: 'DELETE' });
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const known = useContext(SessionContext);
  if (!known) throw new Error('Nobody is signed on.');
  return known;
}
