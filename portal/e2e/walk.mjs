// Walks through both portals as an administrator does; ends with status 0 when all was as it should be.
//   BW_URL BW_USER BW_PASSWORD   the engine, with a template "tiny" and hosts that are up
//   SHOTS                        where to put pictures, if any are wanted
import { accessible, open, origin, password, shoot, step, user } from './browser.mjs';

const LONG = 120_000;
const name = `portal-walk-${process.pid}`;
const image = `portal-image-${process.pid}`;
const browser = await open();
const { page } = browser;
let failure;

const menu = async (row, action) => {
  await row.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
};
const row = (text) => page.getByRole('row').filter({ hasText: text });
const heading = (text) => page.getByRole('heading', { level: 1, name: text, exact: true });
const navigation = (text) =>
  page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: text, exact: true });
const tab = (text) => page.locator('.pf-v6-c-tabs').getByText(text, { exact: true });

try {
  step('a wrong password is refused in words');
  await page.goto(origin);
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Logging in failed.').waitFor();
  await accessible(page, 'the log-in page');
  await shoot(page, 'login');

  step('the right one opens the dashboard');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('link', { name: 'Administration' }).click();
  await heading('Dashboard').waitFor();
  await page.getByRole('heading', { name: 'Newest events' }).waitFor();
  await accessible(page, 'the dashboard');

  step('a machine is made of a template');
  await navigation('Virtual machines').click();
  await heading('Virtual machines').waitFor();
  await page.getByRole('button', { name: 'New virtual machine' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('This is needed.').first().waitFor();
  await dialog.getByLabel('Name').fill('not a name!');
  await dialog.getByText('Letters, digits').waitFor();
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Template').selectOption({ label: 'tiny' });
  await accessible(page, 'the dialog of a new machine');
  await shoot(page, 'new-vm');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await heading(name).waitFor();
  const start = page.getByRole('button', { name: 'Start', exact: true });
  await start.and(page.locator(':enabled')).waitFor({ timeout: LONG });

  step('it starts, and the page says so by itself');
  await start.click();
  await page.locator('.bw-page__head').getByText('Up', { exact: true }).waitFor({ timeout: LONG });
  await accessible(page, 'the page of a machine');

  step('every list and the tree can be shown');
  for (const [kind, picture] of [
    ['Dashboard', 'dashboard'],
    ['Tree', 'tree'],
    ['Templates', 'templates'],
    ['Hosts', 'hosts'],
    ['Clusters', 'clusters'],
    ['Data centers', 'data-centers'],
    ['Storage domains', 'storage'],
    ['Disks', 'disks'],
    ['Networks', 'networks'],
    ['vNIC profiles', 'profiles'],
    ['Users', 'users'],
    ['Events', 'events'],
    ['Jobs', 'jobs'],
  ]) {
    await navigation(kind).click();
    await heading(kind).waitFor();
    await page.locator('[aria-busy=false], .bw-dash, .bw-tree').first().waitFor();
    await accessible(page, kind);
    await shoot(page, picture);
  }
  await navigation('Virtual machines').click();
  await row(name).getByRole('link', { name }).click();
  await heading(name).waitFor();

  step('its tabs show its disks, NICs and events');
  await tab('Disks').click();
  await row('virtio').first().waitFor();
  await shoot(page, 'vm-disks');
  await tab('Network interfaces').click();
  await row('nic1').waitFor();
  await tab('Events').click();
  await row(name).first().waitFor();
  await shoot(page, 'vm-events');

  step('a reload keeps the session');
  await page.reload();
  await heading(name).waitFor();

  step('the list finds it by words and by a query');
  await navigation('Virtual machines').click();
  await page.getByPlaceholder('A word').fill(name);
  await row(name).waitFor();
  await page.getByPlaceholder('A word').fill(`name=${name} and status=up`);
  await row(name).getByText('Up', { exact: true }).waitFor();
  await accessible(page, 'the list of machines');
  await shoot(page, 'vms');

  step('maintenance says what will happen before it does');
  await navigation('Hosts').click();
  const busy = page
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell', { name: '1', exact: true }) })
    .first();
  await menu(busy, 'Maintenance');
  await page.getByRole('dialog').getByText(name).waitFor();
  await shoot(page, 'maintenance');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  step('a disk is uploaded from the browser');
  await navigation('Disks').click();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page
    .getByLabel('File (raw or qcow2 image)')
    .setInputFiles({ name: `${image}.raw`, mimeType: 'application/octet-stream', buffer: Buffer.alloc(1 << 20, 7) });
  await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
  await page.getByText(`${image} is uploaded`).waitFor({ timeout: LONG });
  await shoot(page, 'upload');
  await menu(row(image).filter({ hasText: 'OK' }).first(), 'Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await row(image).waitFor({ state: 'detached', timeout: LONG });

  step('the palette leads to it, and German is spoken');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a page').fill(name);
  await page.getByRole('menuitem', { name }).waitFor();
  await page.keyboard.press('Enter');
  await heading(name).waitFor();
  await page.getByRole('button', { name: /Signed on as/ }).click();
  await page.getByRole('menuitem', { name: 'Deutsch' }).click();
  await page.getByRole('button', { name: 'Herunterfahren' }).waitFor();
  await page.getByRole('button', { name: /Angemeldet als/ }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();

  step('the VM portal shows it as a card; it is powered off and removed there');
  await page.getByRole('button', { name: /Signed on as/ }).click();
  await page.getByRole('menuitem', { name: 'Go to the VM portal' }).click();
  const card = page.locator('.bw-vm').filter({ hasText: name });
  await card.waitFor();
  await accessible(page, 'the VM portal');
  await shoot(page, 'vm-portal');
  await menu(card, 'Power off');
  await page.getByRole('dialog').getByRole('button', { name: 'Power off' }).click();
  await card.getByText('Down', { exact: true }).waitFor({ timeout: LONG });
  await menu(card, 'Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached', timeout: LONG });

  step('logging out ends the session');
  await page.getByRole('button', { name: /Signed on as/ }).click();
  await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
  await page.getByLabel('Password').waitFor();
  await page.reload();
  await page.getByLabel('Password').waitFor();

  if (browser.complaints.length > 0) throw new Error(`The pages complained:\n${browser.complaints.join('\n')}`);
  step('all is well');
} catch (failed) {
  failure = failed;
  await shoot(page, 'failed');
  console.error(failed);
  console.error(`at ${page.url()}; the pages complained: ${browser.complaints.join('\n') || 'of nothing'}`);
}
await browser.close();
process.exit(failure ? 1 : 0);
