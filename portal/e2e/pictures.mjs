// Takes the pictures of docs/portal at a real engine: SHOTS=../docs/portal BW_URL=… BW_PASSWORD=… node pictures.mjs
// The engine has the template "tiny" and hosts that are up; a few machines and what belongs to them are made and stay.
import { call, logIn, open, origin, shoot } from './browser.mjs';

const MACHINES = [
  ['web-1', 'Front of the shop', true],
  ['web-2', 'Front of the shop', true],
  ['database-1', 'Orders and customers', true],
  ['cache-1', '', true],
  ['mail', 'Incoming and outgoing', false],
  ['build', 'Builds at night', false],
  ['reports', 'Once a month', false],
];

async function furnish(page) {
  const api = (method, path, data) => call(page, method, path, data);
  const named = async (kind, of, name) => (await api('GET', `/${kind}?search=name%3D${name}`))[of]?.[0];
  const [cluster] = (await api('GET', '/clusters')).cluster;
  const center = cluster.data_center.id;
  if (await named('vms', 'vm', 'web-1')) return;
  for (const [name, description] of MACHINES)
    await api('POST', '/vms', { name, description, cluster: { id: cluster.id }, template: { name: 'tiny' } });
  for (const [name, parent] of [['production'], ['shop', 'production'], ['night']])
    await api('POST', '/tags', { name, ...(parent && { parent: { name: parent } }) });
  const quota = await api('POST', `/datacenters/${center}/quotas`, { name: 'shop', description: 'All of the shop' });
  const limits = `/datacenters/${center}/quotas/${quota.id}`;
  await api('POST', `${limits}/quotaclusterlimits`, { memory_limit: '2', vcpu_limit: '8' });
  await api('POST', `${limits}/quotastoragelimits`, { limit: '4' });
  for (const [name, vlan] of [
    ['shop', '20'],
    ['backup', '30'],
  ]) {
    const network = await api('POST', '/networks', {
      name,
      data_center: { id: center },
      vlan: { id: vlan },
      usages: { usage: ['vm'] },
    });
    await api('POST', `/clusters/${cluster.id}/networks`, { id: network.id, required: false });
  }
  await api('POST', `/clusters/${cluster.id}/affinitygroups`, {
    name: 'web-apart',
    description: 'One host may fail',
    vms_rule: { enabled: true, positive: false, enforcing: false },
  });
  for (const [name, , starts] of MACHINES) {
    let vm = await named('vms', 'vm', name);
    for (let look = 0; vm.status !== 'down' && look < 120; look++) {
      await page.waitForTimeout(1_000);
      vm = await named('vms', 'vm', name);
    }
    const important = /^(web|database)/.test(name);
    await api('PUT', `/vms/${vm.id}`, {
      quota: { id: quota.id },
      high_availability: { enabled: important, priority: important ? 50 : 1 },
    });
    if (important) await api('POST', `/vms/${vm.id}/tags`, { name: 'shop' });
    if (starts) await api('POST', `/vms/${vm.id}/start`);
  }
  for (let look = 0; look < 120; look++) {
    const { vm } = await api('GET', '/vms?search=status%3Dup');
    if ((vm?.length ?? 0) >= MACHINES.filter(([, , starts]) => starts).length) break;
    await page.waitForTimeout(1_000);
  }
  // Until there is something in the charts.
  await page.waitForTimeout(Number(process.env.MEASURED ?? 150_000));
}

async function show(page, path) {
  await page.goto(origin + path);
  await page.getByRole('button', { name: /Signed on/ }).waitFor();
  await page.waitForTimeout(1_500);
}

for (const [mode, options] of [
  ['', {}],
  ['-dark', { colorScheme: 'dark' }],
  ['-phone', { width: 390, height: 844 }],
]) {
  const browser = await open(options);
  const { page } = browser;
  await logIn(page, '/admin');
  await page.getByRole('button', { name: /Signed on/ }).waitFor();
  if (mode === '-phone') {
    await show(page, '/portal');
    await shoot(page, `vm-portal${mode}`);
  } else {
    if (!mode) await furnish(page);
    await show(page, '/admin/vms');
    await shoot(page, `machines${mode}`);
  }
  if (!mode) {
    const { vm: running } = await call(page, 'GET', '/vms?search=name%3Dweb-1');
    const { vm: all } = await call(page, 'GET', '/vms?search=status%3Dup');
    const busy = all.map(({ host }) => host?.id).find(Boolean);
    await show(page, '/admin');
    await shoot(page, 'dashboard');
    await show(page, `/admin/vms/${running[0].id}/statistics`);
    await page.waitForTimeout(2_000);
    await shoot(page, 'machine-statistics');
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Why is it here?' }).click();
    await page.waitForTimeout(1_500);
    await shoot(page, 'why-here');
    await show(page, `/admin/hosts/${busy}`);
    await page.getByRole('button', { name: 'Maintenance', exact: true }).click();
    await page.waitForTimeout(1_500);
    await shoot(page, 'maintenance');
    await show(page, `/admin/clusters/${running[0].cluster.id}/affinity`);
    await shoot(page, 'affinity-groups');
    await show(page, `/admin/clusters/${running[0].cluster.id}/what-if`);
    await page.getByRole('checkbox', { name: 'host1' }).check();
    await page.waitForTimeout(1_500);
    await shoot(page, 'what-if');
    await show(page, `/admin/vms/${running[0].id}`);
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
    await page.getByRole('dialog').getByText('Resources', { exact: true }).click();
    await page.waitForTimeout(500);
    await shoot(page, 'machine-edit');
    await show(page, '/portal');
    await shoot(page, 'vm-portal');
  }
  if (browser.complaints.length > 0) console.error(browser.complaints.join('\n'));
  await browser.close();
}
