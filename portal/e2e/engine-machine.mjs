// Looks at the tab of a host about the engine's machine, and changes its maintenance; ends with status 0 when all was as it should be.
//   HOST    the id of the host
//   the rest as in browser.mjs
import { accessible, logIn, open, shoot, step } from './browser.mjs';

const { page, complaints, close } = await open();
let failure;
try {
  step('a host tells of the machine that the engine runs in');
  await logIn(page, `/admin/hosts/${process.env.HOST}/engine-machine`);
  const row = (host) => page.getByRole('row').filter({ hasText: host });
  await row('host1')
    .getByText(/^[0-9]{4}$/)
    .first()
    .waitFor();
  await row('host2').first().waitFor();
  await shoot(page, 'engine-machine');
  await accessible(page, 'the tab of the engine machine');

  step('its maintenance begins and ends there');
  await page.getByRole('button', { name: 'Global maintenance: all hosts' }).click();
  const end = page.getByRole('button', { name: 'End global maintenance' });
  await end.waitFor();
  await shoot(page, 'engine-machine-maintenance');
  await accessible(page, 'global maintenance');
  await end.click();
  await page.getByRole('button', { name: 'Global maintenance: all hosts' }).waitFor();

  step('all is well');
  if (complaints.length > 0) throw new Error(`the page complains: ${complaints.join('; ')}`);
} catch (wrong) {
  failure = wrong;
  await shoot(page, 'engine-machine-failure');
} finally {
  await close();
}
if (failure) {
  console.error(failure);
  process.exit(1);
}
