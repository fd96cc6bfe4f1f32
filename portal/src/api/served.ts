/** What the engine serves of the API: a button for anything else would be a dead one. */

let methods: ReadonlySet<string> | undefined;

export async function learnServed(): Promise<void> {
  try {
    const reply = await fetch('/ovirt-engine/services/served', { credentials: 'omit' });
    if (reply.ok) methods = new Set((await reply.json()) as string[]);
  } catch {
    // Not known: everything is offered, and what is not served says so itself.
  }
}

export const served = (method: string | undefined): boolean => !method || !methods || methods.has(method);

/** Those whose need is served. */
export const usable = <T extends { needs?: string }>(all: readonly T[]): T[] =>
  all.filter((each) => served(each.needs));
