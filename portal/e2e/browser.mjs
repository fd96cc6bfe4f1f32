// A headless Chromium at the portals of a real engine; whatever the pages complain of makes the walk fail.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const origin = process.env.BASE ?? new URL(process.env.BW_URL ?? '').origin;
export const user = process.env.BW_USER ?? 'admin@internal';
export const password = process.env.BW_PASSWORD ?? '';
const shots = process.env.SHOTS ?? '';

export async function open({ width = 1440, height = 900, locale = 'en-US', colorScheme = 'light' } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'bellwether-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: QUIET,
    ignoreHTTPSErrors: true,
    viewport: { width, height },
    locale,
    colorScheme,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on('console', (message) => {
    // That a request was answered with a fault is the page's business, which it tells people of.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return {
    page,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export async function logIn(page, path) {
  await page.goto(origin + path);
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What people do at other places than the browser while it watches. */
export async function call(page, method, path, data) {
  const reply = await page.request.fetch(`${origin}/ovirt-engine/api${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    },
    ...(data && { data }),
  });
  if (!reply.ok()) throw new Error(`${method} ${path}: ${await reply.text()}`);
  return reply.json();
}

/** A picture, when somebody asked for pictures. */
export async function shoot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** What WCAG 2.1 AA finds wrong with the page as it is now. */
export async function accessible(page, name) {
  // Menus and dialogs fade in; half-way their contrast is too low.
  await page.waitForTimeout(300);
  const violations =
    await page.evaluate(`${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`);
  if (violations.length > 0) throw new Error(`${name} is not accessible:\n${violations.join('\n')}`);
}

export function step(text) {
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
}
