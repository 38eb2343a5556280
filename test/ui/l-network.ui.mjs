// Bad networks: a proxy that demands a password, and offline by a click in the Settings editor, and back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

const registry = 'registry.example.test';
const secret = 'let-me-out';
let proxy;

export async function prepare({ workspace, hub, profile }) {
  proxy = await startProxy(hub);
  const recipe = (from) => `Bootstrap: docker\nFrom: ${from}\n\n%post\n    true\n`;
  const { host } = new URL(hub.origin);
  for (const [name, text] of Object.entries({
    'behind-proxy.def': recipe(`${registry}/demo/base:1.0`),
    'looked-at.def': recipe(`${host}/demo/base:1.1`),
    'never-met.def': recipe(`${host}/demo/tool-image:9`),
  }))
    fs.writeFileSync(path.join(workspace, name), text);
  Object.assign(profile.settings, {
    'containerMetalink.online.hosts': ['127.0.0.1', registry],
    'containerMetalink.online.insecureHosts': [registry],
    'http.proxy': proxy.origin,
  });
}

export const tests = {
  'a proxy that demands a password: the hover says so, and what to do': async (workbench) => {
    await workbench.open('behind-proxy.def', registry);
    const hover = await workbench.hover('demo/base:1.0', 'asks for a name and password');
    assert.match(await hover.innerText(), /http\.proxy/);
    await workbench.pictures('network-proxy-refuses');
    assert.ok(proxy.refused > 0 && proxy.let === 0, JSON.stringify(proxy));
  },
  'with the password in "http.proxy" the hub answers': async (workbench, playground) => {
    const { host } = new URL(proxy.origin);
    await workbench.reloadWith(playground.profile, { 'http.proxy': `http://carol:${secret}@${host}` });
    await workbench.open('behind-proxy.def', registry);
    await workbench.hover('demo/base:1.0', 'sha256:');
    await workbench.picture('network-proxy-lets');
    assert.ok(proxy.let > 0);
  },
  'offline by the Settings editor: what was seen is served with its age, the rest says why not': async (workbench, { hub }) => {
    await workbench.open('looked-at.def', 'demo/base:1.1');
    await workbench.hover('demo/base:1.1', 'sha256:');
    await tick(workbench, 'containerMetalink.online.enabled', false);
    await workbench.open('looked-at.def', 'demo/base:1.1');
    await workbench.status('offline by your settings');
    await workbench.pictures('network-offline-status');
    await workbench.closeStatus();
    const asked = hub.requests.length;
    await workbench.hover('demo/base:1.1', 'sha256:');
    await workbench.picture('network-offline-seen');
    await workbench.open('never-met.def', 'tool-image');
    await workbench.hover('tool-image:9', /[Oo]ffline/);
    await workbench.pictures('network-offline-unseen');
    assert.equal(hub.requests.length, asked, 'a hub was asked while offline');
  },
  'and back: hubs are asked again at once': async (workbench, { hub }) => {
    const asked = hub.requests.length;
    await tick(workbench, 'containerMetalink.online.enabled', true);
    await workbench.open('never-met.def', 'tool-image');
    await workbench.status('Containers: ready');
    await workbench.closeStatus();
    await workbench.hover('tool-image:9', 'has no');
    await workbench.picture('network-back');
    assert.ok(hub.requests.length > asked);
  },
};

/** Sets the box of a setting in the Settings editor, as a person does. */
async function tick(workbench, setting, wanted) {
  await workbench.command('Preferences: Open Settings (UI)');
  const { page } = workbench;
  const search = page.locator('.settings-editor .search-container .monaco-editor');
  const box = page.locator(`.settings-editor .setting-value-checkbox[aria-label="${setting}"]`);
  // To the browser this is a remote machine: what is a matter of the machine is set there.
  const remote = page.locator('.settings-tabs-widget .action-label', { hasText: 'Remote' });
  await workbench.until(async () => {
    await remote.click({ timeout: 5000 });
    await search.click({ timeout: 5000 });
    await page.keyboard.press('Control+a');
    await page.keyboard.type(`@id:${setting}`);
  }, box);
  const isTicked = async () => (await box.getAttribute('aria-checked')) === 'true';
  await workbench.until(
    async () => {
      if ((await isTicked()) !== wanted) await box.click({ timeout: 5000 });
    },
    async () => (await isTicked()) === wanted,
  );
  await workbench.picture(`network-setting-${wanted ? 'on' : 'off'}`);
}

/** A proxy that wants carol's password; every host leads to the embedded hub. */
async function startProxy(hub) {
  const seen = { refused: 0, let: 0 };
  const expected = `Basic ${Buffer.from(`carol:${secret}`).toString('base64')}`;
  const isLet = (request) => {
    const good = request.headers['proxy-authorization'] === expected;
    seen[good ? 'let' : 'refused']++;
    return good;
  };
  const server = http.createServer((request, response) => {
    if (!isLet(request)) return response.writeHead(407, { 'proxy-authenticate': 'Basic realm="site"' }).end();
    const url = new URL(request.url);
    const onward = http.request(`${hub.origin}${url.pathname}${url.search}`, { method: request.method, headers: request.headers });
    onward.on('response', (reply) => reply.pipe(response.writeHead(reply.statusCode, reply.headers)));
    onward.on('error', () => response.destroy());
    return request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    if (!isLet(request)) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="site"\r\n\r\n');
    const onward = net.connect(hub.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].forEach((one) => one.destroy()));
    return undefined;
  });
  server.on('connection', (socket) => socket.unref());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref(); // it ends with the tests
  return Object.assign(seen, { origin: `http://127.0.0.1:${server.address().port}` });
}
