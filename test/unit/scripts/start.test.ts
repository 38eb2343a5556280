import { execFile } from 'node:child_process';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';

/** What `npm start` with these arguments prints to standard error, and its exit status, when it cannot begin. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ status: unknown; told: string }> {
  return new Promise((resolve) => {
    const script = path.resolve('scripts/start.mjs');
    execFile(process.execPath, [script, ...args], { env: { ...process.env, ...env } }, (error, _, told) =>
      resolve({ status: error?.code ?? 0, told }),
    );
  });
}

test('a port that is in use is told before anything is built', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await start(['--port', String(port)])).toMatchObject({
    status: 1,
    told: expect.stringContaining(`Port ${port} is in use already`) as string,
  });
  server.close();
});

test('without desktop VS Code, --desktop says what there is instead', async () => {
  const answer = await start(['--desktop'], { VSCODE_EXECUTABLE: '/nonexistent/code' });
  expect(answer).toMatchObject({ status: 1, told: expect.stringContaining('Without --desktop, VS Code runs in the browser') as string });
});

test.each([[['--port', '70000']], [['--port', 'x']], [['--desktop', '--port', '8080']], [['--unknown']]])(
  '%j is a wrong call',
  async (args) => {
    expect(await start(args)).toMatchObject({ status: 64, told: expect.stringContaining('Use: npm start --') as string });
  },
);
