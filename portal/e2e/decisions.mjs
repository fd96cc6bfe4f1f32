// Walks through what is decided in the administration and what people do with their accounts; ends with status 0 when all was
// as it should be. It starts no machine.
//   BW_URL BW_USER BW_PASSWORD   the engine, with a template "tiny" and a host "host1" that is up
//   SHOTS                        where to put pictures, if any are wanted
import { createHmac } from 'node:crypto';
import { request } from 'node:https';
import { accessible, call, logIn, open, origin, shoot, step } from './browser.mjs';

const LONG = 120_000;
const person = `decider-${process.pid}`;
const secret = `correct horse ${process.pid}`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0/ze2I7iVxdaHhv9EQpNkMu9P6z8yPPs+NAswGsp6m walker@example.org';
const browser = await open();
const { page } = browser;
const api = (method, path, data) => call(page, method, path, data);
let theirs;
let failure;

const row = (text) => page.getByRole('row').filter({ hasText: text });
const heading = (text) => page.getByRole('heading', { level: 1, name: text, exact: true });
const navigation = (text) =>
  page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: text, exact: true });
const tab = (text) => page.locator('.pf-v6-c-tabs').getByText(text, { exact: true });
const dialog = () => page.getByRole('dialog').last();
const menu = async (place, action) => {
  await place.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
};

/** What an authenticator shows so many periods from now: RFC 6238, whose secret is in base 32. */
function code(base32, later = 0) {
  const bits = [...base32].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)
      .map((byte) => Number.parseInt(byte, 2)),
  );
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Waits for the next period where this one is nearly over: a code is good for its own and the two beside it. */
const awhile = (at) => at.waitForTimeout(Date.now() % 30_000 > 20_000 ? 30_500 - (Date.now() % 30_000) : 0);

/** A password for the engine's own door, as whoever guesses sends it; never more than a few from the same address. */
const guess = (number, attempt) =>
  new Promise((done, failed) => {
    const body = new URLSearchParams({
      grant_type: 'password',
      scope: 'ovirt-app-api',
      username: `${person}@internal`,
      password: attempt,
    }).toString();
    request(
      `${origin}/ovirt-engine/sso/oauth/token`,
      {
        method: 'POST',
        rejectUnauthorized: false,
        agent: false,
        localAddress: `127.0.3.${1 + Math.floor(number / 4)}`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
      (answer) => answer.resume().on('end', () => done(answer.statusCode)),
    )
      .on('error', failed)
      .end(body);
  });

/** A page of somebody else, signed on. */
async function signOn(at, otp) {
  await at.goto(`${origin}/portal`);
  await at.getByLabel('User name').fill(`${person}@internal`);
  await at.getByLabel('Password').fill(secret);
  await at.getByRole('button', { name: 'Log in' }).click();
  if (otp) {
    await at.getByLabel('Code of the second factor').fill(otp);
    await at.getByRole('button', { name: 'Log in' }).click();
  }
  await at.getByRole('button', { name: /Signed on as/ }).waitFor();
}

async function account(at, title) {
  await at.getByRole('button', { name: /Signed on as/ }).click();
  await at.getByRole('menuitem', { name: 'Your account' }).click();
  await at.locator('.pf-v6-c-tabs').getByText(title, { exact: true }).click();
}

try {
  await logIn(page, '/admin/clusters');
  await heading('Clusters').waitFor();

  step('how machines of a cluster migrate and what is done about silent hosts is decided in its dialog');
  await navigation('Clusters').click();
  await menu(row('Default'), 'Edit');
  await page.getByRole('dialog').getByRole('tab', { name: 'Migration' }).click();
  await page.getByLabel('Bandwidth for migrations (Mbit/s)').fill('0');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('Bandwidth for migrations (Mbit/s)').fill('800');
  await page.getByLabel('Migration policy').selectOption({ label: 'Suspend the workload if needed, for up to 5 s' });
  await accessible(page, 'how machines migrate');
  await shoot(page, 'cluster-migration');
  await page.getByRole('dialog').getByRole('tab', { name: 'Fencing' }).click();
  await page.getByLabel('Fence nobody while so many hosts are silent (%)').fill('60');
  await page.getByRole('dialog').getByRole('tab', { name: 'Properties' }).click();
  await page.getByLabel('RestartWithoutEngine').fill('true');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const decided = (await api('GET', '/clusters?search=name%3DDefault')).cluster[0];
  if (
    decided.migration.bandwidth.custom_value !== '800' ||
    decided.migration.policy.id !== '80554327-0569-496b-bdeb-fcbbf52b827c' ||
    decided.fencing_policy.skip_if_connectivity_broken.threshold !== '60'
  )
    throw new Error(`the cluster is not as its dialog said: ${JSON.stringify(decided)}`);
  await row('Default').getByRole('link', { name: 'Default', exact: true }).first().click();
  await page.getByText('Hosts restart machines without the engine').waitFor();
  await api('PUT', `/clusters/${decided.id}`, {
    migration: { bandwidth: { assignment_method: 'auto' }, policy: { id: '80554327-0569-496b-bdeb-fcbbf52b827b' } },
    fencing_policy: { skip_if_connectivity_broken: { enabled: 'false' } },
    custom_scheduling_policy_properties: { property: [{ name: 'RestartWithoutEngine', value: 'false' }] },
  });

  step('a licence zone is made, cores are declared and the reason is kept');
  const zone = `zone-${process.pid}`;
  await navigation('Licence zones').click();
  await heading('Licence zones').waitFor();
  await page.getByRole('button', { name: 'New licence zone' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill(zone);
  await page.getByRole('dialog').getByLabel('Cluster').selectOption({ label: 'Default' });
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await row(zone).getByRole('link', { name: zone, exact: true }).click();
  await heading(zone).waitFor();
  await page.getByRole('button', { name: 'Declare cores' }).first().click();
  await page.locator('#field-host').selectOption({ label: 'host1' });
  await page.getByRole('dialog').getByLabel('Declared CPUs').fill('0');
  await page.getByRole('dialog').getByLabel('Reason').fill('one core is licensed');
  await accessible(page, 'declaring cores');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await row('host1').waitFor();
  await accessible(page, 'a licence zone');
  await shoot(page, 'licence-zone');
  await tab('Changes').click();
  await row('one core is licensed').first().waitFor();
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('the walk is over');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await row(zone).waitFor({ state: 'detached', timeout: LONG });

  step('a machine is made for its system');
  const made = `made-${process.pid}`;
  await navigation('Virtual machines').click();
  await heading('Virtual machines').waitFor();
  await page.getByRole('button', { name: 'New virtual machine' }).first().click();
  await dialog().getByLabel('Name').fill(made);
  await dialog().getByLabel('Template').selectOption({ label: 'Blank' });
  await dialog().getByLabel('Operating system').selectOption({ label: 'Debian 12' });
  await accessible(page, 'making a machine for a system');
  await shoot(page, 'new-vm-system');
  await dialog().getByRole('button', { name: 'Create' }).click();
  await heading(made).waitFor();
  const [fitted] = (await api('GET', `/vms?search=name%3D${made}`)).vm;
  const GIB = 1024 ** 3;
  if (fitted.os.type !== 'debian12' || Number(fitted.memory) !== 2 * GIB)
    throw new Error(`the machine does not suit its system: ${JSON.stringify(fitted)}`);

  step('one of its first-boot settings is taken away, and the others stay');
  await api('PUT', `/vms/${fitted.id}`, { initialization: { host_name: 'desk', dns_servers: '192.0.2.1' } });
  await page.goto(`${origin}/admin/vms`);
  await menu(row(made), 'Edit');
  await dialog().getByRole('tab', { name: 'Initial run' }).click();
  await dialog().getByLabel('DNS servers').fill('');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().waitFor({ state: 'detached' });
  const { initialization } = await api('GET', `/vms/${fitted.id}`);
  if (initialization.host_name !== 'desk' || initialization.dns_servers !== undefined)
    throw new Error(`the settings are not as the dialog said: ${JSON.stringify(initialization)}`);

  step('its own clock is set, and what of its first boot may be forgotten stands in its dialog');
  // The change comes by the feed, a moment after the answer.
  for (let tries = 0; ; tries++) {
    await menu(row(made), 'Edit');
    await dialog().getByRole('tab', { name: 'Initial run' }).click();
    if ((await dialog().getByLabel('DNS servers').inputValue()) === '') break;
    if (tries > 20) throw new Error('the dialog still shows what was taken away');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await page.waitForTimeout(250);
  }
  await dialog().getByText('Forget the password that was given before').waitFor();
  await shoot(page, 'machine-first-boot');
  await dialog().getByRole('tab', { name: 'Resources' }).click();
  await dialog().getByLabel('Time zone of its clock').fill('Europe/Berlin');
  await shoot(page, 'machine-resources');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().waitFor({ state: 'detached' });
  const { time_zone } = await api('GET', `/vms/${fitted.id}`);
  if (time_zone?.name !== 'Europe/Berlin') throw new Error(`its clock is not as decided: ${JSON.stringify(time_zone)}`);

  step('machines made from a template find its settings at their first boot');
  await page.goto(`${origin}/admin/templates`);
  await menu(row('tiny').first(), 'Edit');
  await dialog().getByRole('tab', { name: 'Initial run' }).click();
  await dialog().getByText('Set the guest up at its first start').click();
  await dialog().getByLabel('User', { exact: true }).fill('anna');
  await dialog().getByLabel('Password of the user').fill('the-bell');
  await accessible(page, 'first boot of a template');
  await shoot(page, 'template-first-boot');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().waitFor({ state: 'detached' });
  const [tiny] = (await api('GET', '/templates?search=name%3Dtiny')).template;
  if (tiny.initialization?.user_name !== 'anna' || tiny.initialization.root_password)
    throw new Error(`the template does not say what was decided: ${JSON.stringify(tiny.initialization)}`);
  await api('PUT', `/templates/${tiny.id}`, { initialization: {} });
  await page.goto(`${origin}/admin/vms`);

  step('it goes back to a snapshot for good, and the page says before what is lost');
  const snapshots = `/vms/${fitted.id}/snapshots`;
  for (const description of ['before', 'later']) {
    await api('POST', snapshots, { description });
    for (let tries = 0; tries < 60; tries++) {
      const { snapshot } = await api('GET', snapshots);
      if (snapshot.every((each) => each.snapshot_status === 'ok')) break;
      await page.waitForTimeout(500);
    }
  }
  await api('PUT', `/vms/${fitted.id}`, { memory: GIB });
  await row(made).getByRole('link', { name: made, exact: true }).first().click();
  await tab('Snapshots').click();
  await menu(row('before'), 'Restore');
  await dialog().getByText('Later snapshots of these disks are lost too: later.').waitFor();
  await accessible(page, 'going back for good');
  await shoot(page, 'snapshot-restore');
  await dialog().getByRole('button', { name: 'Restore' }).click();
  await row('later').waitFor({ state: 'detached', timeout: LONG });
  // A table that is drawn anew has no rows for a moment: what counts is that the engine has none.
  const restored = async () =>
    Number((await api('GET', `/vms/${fitted.id}`)).memory) === 2 * GIB &&
    (await api('GET', snapshots)).snapshot.every((each) => each.description !== 'later');
  for (let tries = 0; !(await restored()); tries++) {
    if (tries > 120) throw new Error('the machine is not as its snapshot was');
    await page.waitForTimeout(500);
  }
  await api('DELETE', `/vms/${fitted.id}`);

  step("the parts of a host's memory are shown");
  await navigation('Hosts').click();
  await row('host1').getByRole('link', { name: 'host1', exact: true }).click();
  await tab('NUMA nodes').click();
  await page.getByRole('columnheader', { name: 'Distances' }).waitFor();
  await accessible(page, 'the NUMA nodes of a host');
  await shoot(page, 'host-numa');

  step('machines made from a template begin with its watchdog');
  await navigation('Templates').click();
  await row('tiny').getByRole('link', { name: 'tiny', exact: true }).click();
  await tab('Watchdog').click();
  await page.getByRole('button', { name: 'Add watchdog' }).first().click();
  await dialog().getByLabel('Action').selectOption({ label: 'Power off' });
  await accessible(page, 'the watchdog of a template');
  await shoot(page, 'template-watchdog');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await row('i6300esb').getByText('Power off', { exact: true }).waitFor();
  await menu(row('i6300esb'), 'Remove');
  await page.getByText('begin without a watchdog').waitFor();

  step('how a machine has its disk is changed while it is off');
  const machine = `has-disk-${process.pid}`;
  const { id: vm } = await api('POST', '/vms', {
    name: machine,
    cluster: { name: 'Default' },
    template: { name: 'tiny' },
  });
  const attachments = `/vms/${vm}/diskattachments`;
  for (let wait = 0; wait < 120 && (await api('GET', `/vms/${vm}`)).status !== 'down'; wait++) {
    await page.waitForTimeout(500);
  }
  await navigation('Virtual machines').click();
  await row(machine).getByRole('link', { name: machine, exact: true }).click();
  await tab('Disks').click();
  await menu(row('virtio'), 'Edit');
  await dialog().getByLabel('Interface').selectOption({ label: 'virtio-scsi' });
  await dialog().getByLabel('Give discarded space back').check();
  await dialog().getByLabel('The guest cannot write to it').check();
  await accessible(page, 'how a machine has a disk');
  await shoot(page, 'vm-disk-edit');
  await dialog().getByRole('button', { name: 'Save' }).click();
  await dialog().waitFor({ state: 'detached' });
  await row('virtio_scsi').waitFor();
  const [attached] = (await api('GET', attachments)).disk_attachment;
  if (attached.pass_discard !== 'true' || attached.read_only !== 'true' || attached.interface !== 'virtio_scsi') {
    throw new Error(`the disk is not attached as its dialog said: ${JSON.stringify(attached)}`);
  }
  await api('DELETE', `/vms/${vm}`);

  step('a person keeps SSH keys and sets up a second factor');
  await api('POST', '/users', {
    user_name: `${person}@internal`,
    domain: { name: 'internal-authz' },
    password: secret,
  });
  const [{ id }] = (await api('GET', `/users?search=usrname%3D${person}*`)).user;
  await api('POST', '/permissions', { role: { name: 'UserRole' }, user: { id } });
  theirs = await open();
  const their = theirs.page;
  await signOn(their);
  await account(their, 'SSH keys');
  await their.getByRole('button', { name: 'Add a key' }).first().click();
  const last = their.getByRole('dialog').last();
  await last.getByLabel('Public key').fill('no key');
  await last.getByRole('button', { name: 'Save' }).click();
  await last.getByText('is not a public key').waitFor();
  await last.getByLabel('Public key').fill(KEY);
  await last.getByRole('button', { name: 'Save' }).click();
  await their.getByRole('row').filter({ hasText: 'walker@example.org' }).waitFor();
  await accessible(their, 'the SSH keys of an account');
  await shoot(their, 'account-keys');
  await their.locator('.pf-v6-c-tabs').getByText('Password and second factor', { exact: true }).click();
  await their.getByRole('button', { name: 'Set up a second factor' }).click();
  await last.getByRole('img', { name: 'The secret as a QR code' }).waitFor();
  const factor = await last.getByRole('textbox').first().inputValue();
  await last.getByLabel('Code of the second factor').fill('12');
  await last.getByRole('button', { name: 'Turn on' }).click();
  await last.getByText('Six digits.').waitFor();
  await accessible(their, 'setting up a second factor');
  await shoot(their, 'account-factor');
  await awhile(their);
  await last.getByLabel('Code of the second factor').fill(code(factor, -1));
  await last.getByRole('button', { name: 'Turn on' }).click();
  await last.getByLabel('Code of the second factor').waitFor({ state: 'detached' });
  await their.keyboard.press('Escape');
  await their.getByRole('button', { name: /Signed on as/ }).click();
  await their.getByRole('menuitem', { name: 'Log out', exact: true }).click();
  await their.getByLabel('Password').waitFor();
  await signOn(their, code(factor));

  step('an administrator takes the second factor of somebody who has lost it');
  await navigation('Users').click();
  await menu(row(person), 'Remove second factor');
  await dialog().getByRole('button', { name: 'Remove second factor' }).click();
  await dialog().waitFor({ state: 'detached' });

  step('guessing locks the account, its session goes on, and an administrator unlocks it');
  for (let number = 0; number < 20; number++) await guess(number, `wrong-${number}`);
  if ((await guess(20, secret)) === 200) throw new Error('twenty wrong passwords did not lock the account');
  await page.reload();
  await row(person)
    .getByText(/Locked out until/)
    .waitFor();
  await accessible(page, 'the list of users');
  await shoot(page, 'users-locked');
  await row(person)
    .getByRole('link', { name: new RegExp(person) })
    .first()
    .click();
  await page.getByText('Too many wrong passwords').waitFor();
  await accessible(page, 'a user who is locked out');
  await shoot(page, 'user-locked');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByText('Too many wrong passwords').waitFor({ state: 'detached' });
  if ((await guess(24, secret)) !== 200) throw new Error('the account was not unlocked');

  step('another password ends the sessions, and the page says so');
  await account(their, 'Password and second factor');
  await their.getByRole('button', { name: 'Change password' }).click();
  await last.getByLabel('Present password').fill('wrong');
  await last.getByLabel('New password').fill(`${secret} anew`);
  await last.getByLabel('Password again').fill(`${secret} anew`);
  await last.getByRole('button', { name: 'Save' }).click();
  await last.getByText('The password was not changed').waitFor();
  await shoot(their, 'account-password');
  await last.getByLabel('Present password').fill(secret);
  await last.getByRole('button', { name: 'Save' }).click();
  await their.getByLabel('User name').waitFor({ timeout: LONG });
  await api('DELETE', `/users/${id}`);

  const complaints = [...browser.complaints, ...theirs.complaints];
  if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join('\n')}`);
  step('all is well');
} catch (failed) {
  failure = failed;
  await shoot(page, 'failed');
  if (theirs) await shoot(theirs.page, 'failed-theirs');
  console.error(failed);
  console.error(`at ${page.url()}; the pages complained: ${browser.complaints.join('\n') || 'of nothing'}`);
}
await theirs?.close();
await browser.close();
process.exit(failure ? 1 : 0);
