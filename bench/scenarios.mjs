// The five things that are measured, as files of requests for the load generator.
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { STAGES } from './seed.mjs';

export const SCENARIOS = ['get', 'page', 'board', 'create', 'move'];

/** A small generator of the same numbers in every run. */
function sequence(start) {
  let state = start;
  return (below) => Math.floor(((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648) * below);
}

/** Writes one file per scenario; `readers` hold the leads that are read, `writers` begin empty and take the new ones. */
export function writeRequests(dir, readers, writers) {
  const random = sequence(20261121);
  const pick = (all) => all[random(all.length)];
  const line = (method, route, token, body) => [method, `/api/v1${route}`, token, body ? JSON.stringify(body) : ''].join('\t');
  const makers = {
    get: () => {
      const one = pick(readers);
      return line('GET', `/leads/${pick(one.ids)}`, one.token);
    },
    page: () => {
      const one = pick(readers);
      return line('GET', `/leads?status=${pick(STAGES)[0]}&limit=50`, one.token);
    },
    board: () => line('GET', '/leads/board', pick(readers).token),
    create: (n) => line('POST', '/leads', pick(writers).token, newLead(n, random)),
    move: () => {
      const one = pick(readers);
      return line('PUT', `/leads/${pick(one.ids)}/status`, one.token, { status: pick(STAGES)[0], position: random(300) });
    },
  };
  const files = {};
  for (const name of SCENARIOS) {
    files[name] = path.join(dir, `${name}.tsv`);
    writeFileSync(files[name], `${Array.from({ length: name === 'board' ? 500 : 5000 }, (_, n) => makers[name](n)).join('\n')}\n`);
  }
  return files;
}

function newLead(n, random) {
  return {
    name: `Nova Pessoa ${n} #########`,
    company: `Company ${random(5000)}`,
    email: `n${n}.#########@example.com`,
    phone: '+5511#########',
    value: { amountMinor: String(random(1e6)), currency: 'EUR' },
    notes: 'Called in; wants a visit next week and a written proposal.',
    status: STAGES[random(5)][0],
    source: 'site',
  };
}
