// Measures the administration portal in Chromium, at an engine with many machines; prints one JSON object.
//   BW_URL BW_USER BW_PASSWORD   the engine
import { call, logIn, open, origin } from './browser.mjs';

const RUNS = 5;
const SCROLL_STEPS = 240;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const browser = await open();
const { page } = browser;
const result = {};

try {
  await logIn(page, '/admin/vms');
  await page.getByRole('row').nth(5).waitFor();

  // A page that was never loaded before: nothing in the browser's cache but the session.
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  let script = 0;
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType === 'text/javascript') pending.add(requestId);
  });
  const pending = new Set();
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (pending.has(requestId)) script += encodedDataLength;
  });
  const first = [];
  for (let run = 0; run < RUNS; run++) {
    await network.send('Network.clearBrowserCache');
    script = 0;
    const begun = performance.now();
    await page.goto(`${origin}/admin/vms`, { waitUntil: 'commit' });
    // Usable: rows are drawn, and the search field takes a letter.
    await page.locator('.bw-row[data-index="3"]').waitFor();
    await page.locator('input[data-search], [data-search] input').first().isEnabled();
    first.push(performance.now() - begun);
  }
  result.firstPageMilliseconds = Math.round(median(first));
  result.scriptKilobytes = Math.round(script / 1000);

  const all = performance.now();
  const machines = Number((await call(page, 'GET', '')).summary.vms.total);
  await page.waitForFunction(
    (wanted) => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) > wanted,
    machines,
    { timeout: 60_000 },
  );
  result.allRowsMilliseconds = Math.round(performance.now() - all);
  result.rows = await page.evaluate(
    () => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) - 1,
  );

  // Frames while the whole list passes by, as with a wheel that is turned hard.
  const frames = await page.evaluate(
    (steps) =>
      new Promise((done) => {
        const box = document.querySelector('.bw-table__scroll');
        const times = [];
        let step = 0;
        let before = performance.now();
        const frame = (now) => {
          times.push(now - before);
          before = now;
          if (step++ >= steps) return done(times.slice(1));
          box.scrollTop += step % 40 === 0 ? box.scrollHeight / 8 : 400;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    SCROLL_STEPS,
  );
  const ordered = [...frames].sort((a, b) => a - b);
  result.frameMilliseconds = Math.round(median(frames) * 10) / 10;
  result.frameP95Milliseconds = Math.round(ordered[Math.floor(ordered.length * 0.95)] * 10) / 10;

  const sorting = performance.now();
  await page.getByRole('columnheader', { name: 'Memory' }).getByRole('button').click();
  await page.locator('[aria-sort=ascending]').waitFor();
  result.sortMilliseconds = Math.round(performance.now() - sorting);
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));
