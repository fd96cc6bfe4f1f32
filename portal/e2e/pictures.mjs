// Takes the pictures of docs/portal: SHOTS=DIR BW_URL=… BW_PASSWORD=… node pictures.mjs
import { logIn, open, origin, shoot } from './browser.mjs';

const PAGES = [
  ['dashboard', '/admin'],
  ['machines', '/admin/vms'],
  ['hosts', '/admin/hosts'],
  ['storage', '/admin/storage-domains'],
  ['jobs', '/admin/jobs'],
  ['events', '/admin/events'],
  ['tree', '/admin/tree'],
  ['networks', '/admin/networks'],
  ['portal', '/portal'],
];

for (const [mode, options] of [
  ['', {}],
  ['-dark', { colorScheme: 'dark' }],
  ['-phone', { width: 390, height: 844 }],
]) {
  const browser = await open(options);
  const { page } = browser;
  await logIn(page, '/admin');
  await page.getByRole('button', { name: /Signed on/ }).waitFor();
  for (const [name, path] of PAGES) {
    if (mode && !['dashboard', 'machines', 'portal'].includes(name)) continue;
    await page.goto(origin + path);
    await page.getByRole('button', { name: /Signed on/ }).waitFor();
    await page.waitForTimeout(1_200);
    await shoot(page, name + mode);
  }
  if (!mode) {
    await page.goto(`${origin}/admin/vms`);
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.waitForTimeout(1_200);
    await shoot(page, 'machine');
  }
  if (browser.complaints.length > 0) console.error(browser.complaints.join('\n'));
  await browser.close();
}
