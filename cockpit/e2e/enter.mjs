// From a host's page in the administration portal into its Cockpit without a password; ends with status 0 when all was as it should be.
//   HOST       the id of the host
//   BW_URL, BW_USER, BW_PASSWORD   the engine
//   SHOTS      where to put pictures, if any are wanted
import { accessible, logIn, open, shoot, step } from '../../portal/e2e/browser.mjs';

const LONG = 90_000;
const browser = await open();
const { page } = browser;
let failure;
let opened;

try {
  step('the page of a host offers its Cockpit');
  await logIn(page, `/admin/hosts/${process.env.HOST}`);
  const enter = page.getByRole('button', { name: 'Open as root' });
  await enter.waitFor({ timeout: LONG });
  await shoot(page, 'cockpit-offered');
  await accessible(page, 'the page of a host');

  step('it opens without a password, at the page of the host');
  const popup = page.waitForEvent('popup');
  await enter.click();
  opened = await popup;
  const host = opened.frameLocator('iframe[name="cockpit1:localhost/bellwether"]');
  await host.getByRole('heading', { name: 'Bellwether', level: 1 }).waitFor({ timeout: LONG });
  await host.getByText('valid until').waitFor({ timeout: LONG });
  await shoot(opened, 'cockpit-entered');
  if (await opened.evaluate(() => window.opener !== null)) throw new Error('Cockpit could reach back into the portal');

  step('its session is nothing that scripts can read');
  const cookies = await opened.evaluate(() => document.cookie);
  if (cookies.includes('cockpit')) throw new Error('scripts can read it');

  step('its address opens nothing for the next who has it');
  const used = opened.url();
  const other = await open();
  try {
    const again = used.includes('access_token') ? used : `${new URL(used).origin}/bellwether#access_token=used`;
    await other.page.goto(again);
    await other.page.getByText('Authentication failed').waitFor({ timeout: LONG });
    await shoot(other.page, 'cockpit-used');
    const back = await other.page.getByRole('link', { name: 'Try again' }).getAttribute('href');
    if (!back.includes(`/admin/hosts/${process.env.HOST}`)) throw new Error(`a new ticket is looked for at ${back}`);
  } finally {
    await other.close();
  }

  step('all is well');
  if (browser.complaints.length > 0) throw new Error(`the page complains: ${browser.complaints.join('; ')}`);
} catch (wrong) {
  failure = wrong;
  await shoot(page, 'cockpit-enter-failure');
  if (opened) await shoot(opened, 'cockpit-enter-failure-opened');
} finally {
  await browser.close();
}
if (failure) {
  console.error(failure);
  process.exit(1);
}
