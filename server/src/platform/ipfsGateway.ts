import fs from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from './engineFolders';
import { homeFolder } from './engineFolders';

/**
 * The gateway that Apptainer asks for `ipfs://` (A `internal/pkg/client/ipfs/util.go` ipfsGateway): `IPFS_GATEWAY`, else the file
 * `~/.ipfs/gateway`, else `/etc/ipfs/gateway`. An http or https URL without a slash at its end; undefined when there is none.
 */
export async function readIpfsGateway(environment: Environment): Promise<string | undefined> {
  const read = (file: string): Promise<string | undefined> => fs.readFile(file, 'utf8').catch(() => undefined);
  const written =
    environment.IPFS_GATEWAY || ((await read(path.join(homeFolder(environment), '.ipfs', 'gateway'))) ?? (await read('/etc/ipfs/gateway')));
  const text = written?.trim().replace(/\/+$/, '') ?? '';
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}
