// A desk for the walks: the example in a fresh folder, served by the program on a free port, and a browser.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const EXAMPLE = join(root, 'examples/attacks-2013-2014');
const program = process.env.SHEAF_PROGRAM ?? join(root, 'target/debug/sheaf');

/** Headless, without anything that would call elsewhere. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** A year of a wire that tells of something every second day, and of a wave at one place. */
function waves() {
  const lines = ['id,date,lat,lon,radius_m,kind'];
  const add = (day, place) => {
    const on = new Date(Date.UTC(2031, 0, 1 + day)).toISOString().slice(0, 10);
    // No two within the same kilometre, so that none are taken for one.
    const lat = 10 + 0.012 * ((lines.length - 1) % 7);
    lines.push(`n${lines.length},${on},${lat.toFixed(3)},${(20 + 0.3 * place).toFixed(1)},500,shooting`);
  };
  // Marsaglia's xorshift, so that the usual is the same each time.
  let state = 0x2545f4914f6cdd1dn;
  for (let day = 0; day < 300; day += 2) {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    add(day, Number(state % 10n));
  }
  for (let day = 290; day < 300; day += 1) add(day, 4);
  return `${lines.join('\n')}\n`;
}

const MAPPING = `
[source]
name = "wire"
title = "Example Wire"
organisation = "Example Wire"
licence = "open-with-attribution"
credit = "Example Wire"
kind = "news"

[key]
columns = ["id"]

[date]
start = "date"
formats = ["iso"]

[place]
lat = "lat"
lon = "lon"
radius-column = "radius_m"
radius = 5000

[[kind]]
columns = "kind"
`;

export class Desk {
  static async start({ empty = false, wave = false } = {}) {
    const desk = new Desk();
    desk.folder = mkdtempSync(join(tmpdir(), 'sheaf-e2e-'));
    if (wave) {
      writeFileSync(join(desk.folder, 'wire.csv'), waves());
      writeFileSync(join(desk.folder, 'wire.toml'), MAPPING);
      writeFileSync(join(desk.folder, 'stations.csv'), 'id,name,lat,lon,line\ns1,Ford Road,10.0,21.2,Harbour line\n');
      desk.run('pool', 'a.sheaf', 'wire.csv');
      desk.run('sites', 'a.sheaf', 'load', '--stations', 'stations.csv');
      desk.run('alarms', 'a.sheaf', '--run', '--on', '2031-10-25', '--history-days', '300');
    } else if (empty) {
      desk.run('pool', 'a.sheaf', join(EXAMPLE, 'harbour-institute.csv'));
    } else {
      // A second version comes after the first.
      const stem = (name) => name.replace(/\.\w+$/, '');
      const files = readdirSync(EXAMPLE).filter((name) => /\.(csv|jsonl|geojson)$/.test(name)).sort((a, b) => (stem(a) < stem(b) ? -1 : 1));
      desk.run('pool', 'a.sheaf', ...files.map((name) => join(EXAMPLE, name)));
    }
    await desk.serve();
    return desk;
  }

  /** Runs the program; what it printed. */
  run(...args) {
    return this.runWith('', ...args);
  }

  /** The same with something to read. */
  runWith(input, ...args) {
    const ran = spawnSync(program, args, { cwd: this.folder, encoding: 'utf8', input });
    if (ran.status !== 0) throw new Error(`sheaf ${args.join(' ')}: ${ran.error ?? ran.stderr}`);
    return ran.stdout.trim();
  }

  async serve() {
    this.server = spawn(program, ['serve', 'a.sheaf', '--listen', '127.0.0.1:0'], { cwd: this.folder, stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    for await (const chunk of this.server.stdout) {
      printed += chunk;
      if (printed.split('\n').length > 2) break;
    }
    const [taxii, here] = printed.split('\n');
    this.url = new URL(taxii).origin;
    this.here = here.split(' ')[0];
  }

  async stop() {
    this.server?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function browser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** A page on which every request elsewhere and every error of a script is a failure. */
export async function page(context, desk) {
  const page = await context.newPage();
  page.failures = [];
  page.on('pageerror', (error) => page.failures.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) page.failures.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(desk.url) && !url.startsWith('data:') && !url.startsWith('blob:')) page.failures.push(`elsewhere: ${url}`);
  });
  return page;
}

/** Waits until the map has drawn all it has. */
export async function idle(page) {
  await page.waitForSelector('.map[data-idle="true"]', { timeout: 60_000 });
}
