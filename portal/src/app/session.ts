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

/** Whom one can sign on as: users of the engine, of a directory, or of a provider with its own page to sign on at. */
export interface Profile {
  name: string;
  sign_on?: string;
  default?: boolean;
}

/** Only the engine's own users when it does not say: their passwords go on working. */
export async function profiles(): Promise<Profile[]> {
  try {
    const reply = await fetch('/ovirt-engine/sso/profiles');
    const answer = (await reply.json()) as { profile?: Partial<Profile>[] };
    return (answer.profile ?? []).filter((each): each is Profile => !!each.name);
  } catch {
    return [];
  }
}

/**
 * The name that the engine is told. What is written with a profile that exists means that one; any other @ belongs to the name, as in
 * directories whose users sign on with a mail address.
 */
export function fullName(written: string, chosen: string, known: Profile[]): string {
  const at = written.lastIndexOf('@');
  const profile = written.slice(at + 1);
  return at >= 0 && (known.length === 0 || known.some((each) => each.name === profile))
    ? written
    : `${written}@${chosen}`;
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
