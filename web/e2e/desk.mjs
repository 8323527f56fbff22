// A desk for the walks: the example in a fresh folder, served by the program on a free port, and a browser.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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

export class Desk {
  static async start({ empty = false } = {}) {
    const desk = new Desk();
    desk.folder = mkdtempSync(join(tmpdir(), 'sheaf-e2e-'));
    if (empty) {
      desk.run('pool', 'a.sheaf', join(EXAMPLE, 'harbour-institute.csv'));
    } else {
      const files = readdirSync(EXAMPLE).filter((name) => /\.(csv|jsonl|geojson)$/.test(name));
      desk.run('pool', 'a.sheaf', ...files.map((name) => join(EXAMPLE, name)));
    }
    await desk.serve();
    return desk;
  }

  /** Runs the program; what it printed. */
  run(...args) {
    const ran = spawnSync(program, args, { cwd: this.folder, encoding: 'utf8' });
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
