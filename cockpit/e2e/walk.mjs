// Looks at the host's page in a real Cockpit; ends with status 0 when all was as it should be.
//   BASE               Cockpit
//   MACHINE            the name of a machine that runs on the host
//   BW_URL             the engine
//   AGENT              what the page is to say of the agent: answers, or does not answer
//   SHOTS              where to put pictures, if any are wanted
import { accessible, open, origin, shoot, step } from '../../portal/e2e/browser.mjs';

const LONG = 60_000;
const browser = await open();
const { page } = browser;
const engine = process.env.BW_URL.replace('/ovirt-engine', '');
let failure;

try {
  step('Cockpit has the page in its menu');
  await page.goto(origin);
  await page.getByRole('link', { name: 'Bellwether' }).click();
  const host = page.frameLocator('iframe[name="cockpit1:localhost/bellwether"]');
  await host.getByRole('heading', { name: 'Bellwether', level: 1 }).waitFor();

  step('it shows what the host is and has');
  await host.getByText('valid until').waitFor({ timeout: LONG });
  const fact = (term) => host.locator('.pf-v6-c-description-list__group').filter({ hasText: term });
  await fact('Agent').getByText(process.env.AGENT, { exact: true }).waitFor({ timeout: LONG });
  await fact('libvirt').getByText('answers', { exact: true }).waitFor();
  await fact('Engine').getByRole('link', { name: engine }).waitFor();
  const row = (table, text) => host.getByRole('grid', { name: table }).getByRole('row').filter({ hasText: text });
  await row('Networks', 'ovirtmgmt').getByText('up', { exact: true }).waitFor();
  await row('Storage domains', 'GLUSTERFS').getByText('free of').waitFor();
  await row('Machines', process.env.MACHINE).getByText('running', { exact: true }).waitFor();
  // The host has no command `bellwether` in this lab: what the button says to it comes back as a sentence.
  await fact('State').getByText('runs', { exact: true }).waitFor();
  await row('Hosts of the engine machine', 'host1').getByText('3400', { exact: true }).waitFor();
  await host.getByRole('button', { name: 'Global maintenance' }).click();
  await host.getByText('Maintenance could not be changed').waitFor({ timeout: LONG });
  const link = await row('Machines', process.env.MACHINE).getByRole('link', { name: 'Open' }).getAttribute('href');
  if (!link.startsWith(`${engine}/portal/`)) throw new Error(`the console is at ${link}`);
  await shoot(page, 'cockpit');
  const frame = page.frames().find((each) => each.url().includes('/bellwether/'));
  await accessible(frame, 'the page in Cockpit');

  step('all is well');
  if (browser.complaints.length > 0) throw new Error(`the page complains: ${browser.complaints.join('; ')}`);
} catch (wrong) {
  failure = wrong;
  await shoot(page, 'cockpit-failure');
} finally {
  await browser.close();
}
if (failure) {
  console.error(failure);
  process.exit(1);
}
