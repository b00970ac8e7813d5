import * as fs from 'node:fs';

export default async () => {
  const { servers, dir } = globalThis.__CONCORD_TEST__;
  await servers.stop();
  fs.rmSync(dir, { recursive: true, force: true });
};
