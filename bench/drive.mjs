// Sends load to one server and says how fast it answered. Uses wrk when it is installed (it costs little of the two cores), else autocannon.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('requests.lua', import.meta.url));
export const hasWrk = spawnSync('wrk', ['--version']).error === undefined;

/** Drives `url` with the requests of a file: { rps, p50, p99 } in requests per second and milliseconds, and failed requests. */
export async function drive(url, file, connections, seconds) {
  return hasWrk ? driveWrk(url, file, connections, seconds) : driveAutocannon(url, file, connections, seconds);
}

function driveWrk(url, file, connections, seconds) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, REQUESTS: file };
    execFile('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script, url], { env }, (error, out, err) => {
      const found = /RESULT(.*)/.exec(out ?? '');
      if (!found) return reject(error ?? new Error(out + err));
      const { requests, us, p50, p99, errors, refused } = JSON.parse(found[1]);
      resolve({ requests, rps: (requests / us) * 1e6, p50: p50 / 1000, p99: p99 / 1000, failed: errors + refused });
    });
  });
}

async function driveAutocannon(url, file, connections, seconds) {
  const { default: autocannon } = await import('autocannon');
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  let serial = 100_000_000 + Math.floor(Math.random() * 800_000_000); // autocannon repeats its requests, so some people come twice
  const requests = lines.map(([method, path, token, body]) => ({
    method,
    path,
    body: body ? body.replaceAll('#########', () => String(serial++)) : undefined,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
  }));
  const r = await autocannon({ url, connections, duration: seconds, requests });
  return {
    requests: r.requests.total,
    rps: r.requests.average,
    p50: r.latency.p50,
    p99: r.latency.p99,
    failed: r.errors + r.timeouts + r.non2xx,
  };
}
