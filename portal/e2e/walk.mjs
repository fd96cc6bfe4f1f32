// Walks through both portals as an administrator does; ends with status 0 when all was as it should be.
//   BW_URL BW_USER BW_PASSWORD   the engine, with a template "tiny" and hosts that are up
//   BW_GLUSTER                   a Gluster volume to make a storage domain on: address:/volume
//   SHOTS                        where to put pictures, if any are wanted
import { readFileSync } from 'node:fs';
import { accessible, call, open, origin, password, shoot, step, user } from './browser.mjs';

const LONG = 120_000;
const name = `portal-walk-${process.pid}`;
const image = `portal-image-${process.pid}`;
const store = `portal-store-${process.pid}`;
const person = `walker-${process.pid}`;
const other = `not-theirs-${process.pid}`;
const browser = await open();
const { page } = browser;
const api = (method, path, data) => call(page, method, path, data);
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

  step('the first steps say what an empty installation lacks');
  const first = page.locator('[data-first-steps]');
  await first.waitFor();
  await first.locator('[aria-current=step]').getByText('Create a machine').waitFor();
  await page.getByRole('figure', { name: /^CPU use/ }).waitFor({ timeout: LONG });
  await shoot(page, 'first-steps');

  step('a storage domain is added, put out of service and removed');
  const [address, volume] = (process.env.BW_GLUSTER ?? '').split(':');
  await navigation('Storage domains').click();
  await page.getByRole('button', { name: 'New storage domain' }).first().click();
  const adding = page.getByRole('dialog');
  await adding.getByLabel('Storage type').selectOption({ label: 'Gluster' });
  await adding.getByLabel('Name').fill(store);
  await adding.getByLabel('Path').fill('volume');
  await adding.getByRole('button', { name: 'Create' }).click();
  await adding.getByText('An absolute path').waitFor();
  await adding.getByLabel('Address').fill(address);
  await adding.getByLabel('Path').fill(volume);
  await accessible(page, 'the dialog of a new storage domain');
  await shoot(page, 'new-storage');
  await adding.getByRole('button', { name: 'Create' }).click();
  await row(store).getByText('Active', { exact: true }).waitFor({ timeout: LONG });
  await menu(row(store), 'Maintenance');
  await page.getByRole('dialog').getByRole('button', { name: 'Maintenance' }).click();
  await row(store).getByText('Maintenance', { exact: true }).waitFor({ timeout: LONG });
  await menu(row(store), 'Detach');
  await page.getByRole('dialog').getByRole('button', { name: 'Detach' }).click();
  await row(store).getByText('Unattached', { exact: true }).waitFor({ timeout: LONG });
  await menu(row(store), 'Remove');
  await page.getByRole('dialog').getByLabel('Delete its content').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await row(store).waitFor({ state: 'detached', timeout: LONG });

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
    ['MAC pools', 'mac-pools'],
    ['Users', 'users'],
    ['Directories', 'directories'],
    ['Quotas', 'quotas'],
    ['Tags', 'tags'],
    ['Events', 'events'],
    ['Jobs', 'jobs'],
    ['Notifications', 'notifications'],
  ]) {
    await navigation(kind).click();
    await heading(kind).waitFor();
    await page.locator('[aria-busy=false], .bw-dash, .bw-tree').first().waitFor();
    await accessible(page, kind);
    await shoot(page, picture);
  }
  await navigation('Virtual machines').click();
  await row(name).getByRole('link', { name, exact: true }).click();
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

  step('what it uses is drawn, and can be read as a table');
  await tab('Statistics').click();
  await page.getByRole('figure', { name: /^Memory/ }).waitFor({ timeout: LONG });
  await accessible(page, 'the statistics of a machine');
  await shoot(page, 'vm-statistics');
  await page.getByText('As a table').click();
  await page.getByRole('table', { name: 'CPU use' }).waitFor();

  step('its screen is shown, and typing changes it');
  await tab('Console').click();
  await page.getByText('Connected', { exact: true }).waitFor({ timeout: LONG });
  const canvas = page.locator('.bw-console canvas');
  const before = await canvas.screenshot();
  await canvas.click();
  await page.keyboard.press('Enter');
  for (let look = 0; (await canvas.screenshot()).equals(before); look++) {
    if (look === 60) throw new Error('the screen of the machine does not change');
    await page.waitForTimeout(500);
  }
  await accessible(page, 'the console of a machine');
  await shoot(page, 'vm-console');

  step('a snapshot is taken and removed while it runs');
  await tab('Snapshots').click();
  await page.getByRole('button', { name: 'Take snapshot' }).click();
  await page.getByRole('dialog').getByLabel('Description').fill('before the walk');
  await page.getByRole('dialog').getByRole('button', { name: 'Take snapshot' }).click();
  await row('before the walk').getByText('OK', { exact: true }).waitFor({ timeout: LONG });
  await accessible(page, 'the snapshots of a machine');
  await shoot(page, 'vm-snapshots');
  await menu(row('before the walk'), 'Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await row('before the walk').waitFor({ state: 'detached', timeout: LONG });

  step('why it is where it is, and moving it to the other host');
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Why is it here?' }).click();
  await page.getByRole('dialog').getByText('It runs here').waitFor();
  await page.getByRole('dialog').getByText('Best now').waitFor();
  await accessible(page, 'why a machine is where it is');
  await shoot(page, 'why-here');
  await page.getByRole('dialog').getByRole('contentinfo').getByRole('button', { name: 'Close' }).click();
  await tab('General').click();
  const host = page.locator('#tab-content a[href^="/admin/hosts/"]');
  const from = await host.textContent();
  await page.getByRole('button', { name: 'Migrate', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Migrate' }).click();
  await host.filter({ hasNotText: from }).waitFor({ timeout: LONG });
  await page.locator('.bw-page__head').getByText('Up', { exact: true }).waitFor({ timeout: LONG });

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

  step('a tag is put on it, and finds it');
  await navigation('Tags').click();
  await page.getByRole('button', { name: 'New tag' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await row(name).waitFor();
  await navigation('Virtual machines').click();
  await menu(row(name), 'Tags');
  await page.getByRole('dialog').getByLabel(name, { exact: true }).check();
  await accessible(page, 'the tags of a machine');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByPlaceholder('A word').fill(`tag=${name}`);
  await row(name).waitFor();
  await navigation('Tags').click();
  await heading('Tags').waitFor();
  await row(name).getByRole('link', { name, exact: true }).click();
  await page.locator('#tab-content').getByRole('link', { name, exact: true }).waitFor();
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await heading('Tags').waitFor();

  step('maintenance says what will happen before it does');
  await navigation('Hosts').click();
  const busy = page
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell', { name: '1', exact: true }) })
    .first();
  await menu(busy, 'Maintenance');
  const plan = page.getByRole('dialog').locator('[data-plan]');
  await plan.getByText(name).waitFor();
  const target = /goes to (\S+)/.exec(await plan.textContent())?.[1];
  await accessible(page, 'the plan of a maintenance');
  await shoot(page, 'maintenance');
  await page.getByRole('dialog').getByRole('button', { name: 'Maintenance' }).click();
  const left = page.getByRole('row').filter({ hasText: 'Maintenance' });
  await left.waitFor({ timeout: LONG });
  await row(target).getByRole('gridcell', { name: '1', exact: true }).waitFor({ timeout: LONG });
  await menu(left, 'Activate');
  await page.getByRole('row').filter({ hasText: 'Up' }).nth(1).waitFor({ timeout: LONG });

  step('a disk is uploaded from the browser');
  await navigation('Disks').click();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page
    .getByLabel('File (raw or qcow2 image)')
    .setInputFiles({ name: `${image}.raw`, mimeType: 'application/octet-stream', buffer: Buffer.alloc(1 << 20, 7) });
  await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
  await page.getByText(`${image} is uploaded`).waitFor({ timeout: LONG });
  await shoot(page, 'upload');

  step('and downloaded again as it was');
  await page.evaluate(() => {
    // Its dialog is the browser's own, which nobody can press here.
    delete Window.prototype.showSaveFilePicker;
    delete window.showSaveFilePicker;
  });
  const arriving = page.waitForEvent('download', { timeout: LONG });
  await menu(row(image).filter({ hasText: 'OK' }).first(), 'Download');
  const arrived = readFileSync(await (await arriving).path());
  if (!arrived.equals(Buffer.alloc(1 << 20, 7))) throw new Error('what was downloaded is not what was uploaded');
  await page.getByText(/is downloaded/).waitFor({ timeout: LONG });
  await row(image).getByText('OK', { exact: true }).waitFor({ timeout: LONG });
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

  step('the account shows its sessions, and a token for a program is shown once');
  await page.getByRole('button', { name: /Signed on as/ }).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await row('This session').waitFor();
  await page.getByRole('button', { name: 'New token for a program' }).click();
  await page.getByLabel('What uses it').fill(name);
  await page.getByRole('dialog').last().getByRole('button', { name: 'Create' }).click();
  await page.getByText('It is shown this once only').waitFor();
  await row(`Token ${name}`).waitFor();
  await accessible(page, 'the account');
  await shoot(page, 'account');
  await menu(row(`Token ${name}`), 'End');
  await page.getByRole('dialog').last().getByRole('button', { name: 'End' }).click();
  await row(`Token ${name}`).waitFor({ state: 'detached' });
  await tab('Password and second factor').click();
  await page.getByRole('button', { name: 'Change password' }).waitFor();
  await shoot(page, 'account-safety');
  await page.keyboard.press('Escape');

  step('a program is made known, and learns who is signed on');
  const program = `program-${process.pid}`;
  const back = 'https://program.example.org/back';
  await page.route(`${back}*`, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>The program</h1>' }));
  await navigation('Programs').click();
  await page.getByRole('button', { name: 'New program' }).first().click();
  await page.getByLabel('Client ID').fill(program);
  await page.getByLabel('Addresses to come back to').fill(back);
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByText('Its secret is told this once').waitFor();
  await accessible(page, 'the secret of a program');
  await shoot(page, 'program');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.goto(
    `${origin}/ovirt-engine/sso/openid/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: program,
      redirect_uri: back,
      scope: 'openid',
      state: 'walk',
    })}`,
  );
  await page.waitForURL(/^https:\/\/program\.example\.org\/back\?code=[\w-]{43}&state=walk$/);
  await page.goto(`${origin}/admin/sso-clients`);
  await menu(row(program), 'Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await row(program).waitFor({ state: 'detached' });

  step('a user is made, and given the machine');
  const [cluster] = (await api('GET', '/clusters')).cluster;
  await api('POST', '/vms', { name: other, cluster: { id: cluster.id }, template: { name: 'Blank' } });
  await navigation('Users').click();
  await page.getByRole('button', { name: 'New user' }).first().click();
  await page.getByLabel('User name').fill(person);
  await page.locator('#field-password').fill(password);
  await page.getByRole('dialog').getByLabel('Password again').fill(password);
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await row(person).waitFor();
  await navigation('Virtual machines').click();
  await row(other).waitFor();
  await row(name).getByRole('link', { name, exact: true }).click();
  await tab('Permissions').click();
  await page.getByRole('button', { name: 'Give permission' }).click();
  await page
    .getByRole('dialog')
    .getByLabel('User or group')
    .selectOption({ label: `${person}@internal-authz` });
  await page.getByRole('dialog').getByLabel('Role').selectOption({ label: 'UserVmManager' });
  await page.getByRole('dialog').getByRole('button', { name: 'Give permission' }).click();
  await row(person).getByText('UserVmManager').waitFor();

  step('logging out ends the session');
  await page.getByRole('button', { name: /Signed on as/ }).click();
  await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
  await page.getByLabel('Password').waitFor();
  await page.reload();
  await page.getByLabel('Password').waitFor();

  step('in the VM portal the user sees that machine and no other');
  await page.getByLabel('User name').fill(`${person}@internal`);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  const card = page.locator('.bw-vm').filter({ hasText: name });
  await card.getByText('Up', { exact: true }).waitFor();
  if ((await page.locator('.bw-vm').count()) !== 1) throw new Error('the user sees machines of others');
  await page.goto(`${origin}/admin/vms`);
  await card.waitFor();
  if (!new URL(page.url()).pathname.startsWith('/portal')) throw new Error('the user is in the administration');
  await accessible(page, 'the VM portal');
  await shoot(page, 'vm-portal');
  await card.getByRole('link', { name }).first().click();
  await tab('Console').click();
  await page.getByText('Connected', { exact: true }).waitFor({ timeout: LONG });
  await accessible(page, 'the page of a machine in the VM portal');
  await page.getByRole('link', { name: 'All machines' }).click();

  step('it is powered off and removed there');
  await menu(card, 'Power off');
  await page.getByRole('dialog').getByRole('button', { name: 'Power off' }).click();
  await card.getByText('Down', { exact: true }).waitFor({ timeout: LONG });
  await menu(card, 'Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached', timeout: LONG });
  const [stranger] = (await api('GET', `/vms?search=name%3D${other}`)).vm;
  await api('DELETE', `/vms/${stranger.id}`);
  const [gone] = (await api('GET', `/users?search=usrname%3D${person}*`)).user;
  await api('DELETE', `/users/${gone.id}`);

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
