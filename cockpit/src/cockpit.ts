/** The little of Cockpit's own library that the page needs; Cockpit loads it as a script of its own (base1/cockpit.js). */

interface Spawned extends Promise<string> {
  close(): void;
}

interface Http {
  request(options: { method: string; path: string; body: string }): Promise<string>;
  close(): void;
}

interface Permission {
  allowed: boolean | null;
  onchanged: (() => void) | null;
}

interface Cockpit {
  spawn(
    words: string[],
    options?: { superuser?: 'try' | 'require'; err?: 'message' | 'ignore'; environ?: string[] },
  ): Spawned;
  http(options: { unix: string; superuser?: 'try' }): Http;
  permission(options: { admin: boolean }): Permission;
}

declare global {
  interface Window {
    cockpit: Cockpit;
  }
}

const ENVIRONMENT = ['LC_ALL=C.UTF-8', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
const PATIENCE = 10_000;
const LONG_PATIENCE = 120_000;

/** What a program on the host says. A program that hangs, as on storage that does, is not waited for. */
export function run(...words: string[]): Promise<string> {
  return spawn('try', PATIENCE, words);
}

/** Changes something on the host: only administrators may, and it takes its time. */
export function act(...words: string[]): Promise<string> {
  return spawn('require', LONG_PATIENCE, words);
}

function spawn(superuser: 'try' | 'require', patience: number, words: string[]): Promise<string> {
  const program = window.cockpit.spawn(words, { superuser, err: 'message', environ: ENVIRONMENT });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      program.close();
      reject(new Error(`${words[0]} did not answer within ${patience / 1000} s`));
    }, patience);
    program.then(
      (said) => {
        clearTimeout(timer);
        resolve(said);
      },
      (failed: { message?: string }) => {
        clearTimeout(timer);
        reject(new Error(failed.message || `${words[0]} failed`));
      },
    );
  });
}

/** Whether a server behind a Unix socket answers at all. */
export async function answers(socket: string): Promise<boolean> {
  const http = window.cockpit.http({ unix: socket, superuser: 'try' });
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE));
  try {
    return await Promise.race([
      http.request({ method: 'OPTIONS', path: '/images/', body: '' }).then(
        () => true,
        // A refusal is an answer too.
        (failed: { status?: number }) => typeof failed.status === 'number',
      ),
      late,
    ]);
  } finally {
    http.close();
  }
}
