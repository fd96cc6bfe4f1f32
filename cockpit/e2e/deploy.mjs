// Begins to move the engine from the host's page in a real Cockpit; ends with status 0 when all was as it should be.
//   BASE               Cockpit
//   ANSWER             what the page is to say once it was begun
//   SHOTS              where to put pictures, if any are wanted
import { accessible, open, origin, shoot, step } from '../../portal/e2e/browser.mjs';

const LONG = 60_000;
const browser = await open();
const { page } = browser;
let failure;

try {
  await page.goto(origin);
  await page.getByRole('link', { name: 'Bellwether' }).click();
  const host = page.frameLocator('iframe[name="cockpit1:localhost/bellwether"]');
  const frame = () => page.frames().find((each) => each.url().includes('/bellwether/'));

  step('where no engine machine is, it is offered');
  await host.getByRole('button', { name: 'Deploy the engine machine' }).click({ timeout: LONG });
  const move = host.getByRole('button', { name: 'Move the engine' });
  await move.click();
  await host.getByText('Name the shared storage domain').waitFor();
  await host.getByText('Write a free address with the bits').waitFor();
  await shoot(page, 'cockpit-deploy-faults');
  await accessible(frame(), 'the form that deploys');

  step('what is whole is begun, and what the command says is shown');
  await host.getByRole('textbox', { name: 'Storage domain' }).fill('shared');
  await host.getByRole('textbox', { name: 'Address' }).fill('192.0.2.7/24');
  await move.click();
  await host.getByText(process.env.ANSWER).first().waitFor({ timeout: LONG });
  await shoot(page, 'cockpit-deploy');
  await accessible(frame(), 'what deploying said');

  step('all is well');
  if (browser.complaints.length > 0) throw new Error(`the page complains: ${browser.complaints.join('; ')}`);
} catch (wrong) {
  failure = wrong;
  await shoot(page, 'cockpit-deploy-failure');
} finally {
  await browser.close();
}
if (failure) {
  console.error(failure);
  process.exit(1);
}
