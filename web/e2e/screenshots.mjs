// Pictures of the main pages on the example, for the README.

import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Desk, browser, idle, page as openPage } from './desk.mjs';

const pictures = resolve(dirname(fileURLToPath(import.meta.url)), '../../docs/pictures');
mkdirSync(pictures, { recursive: true });
const desk = await Desk.start();
const wave = await Desk.start({ wave: true });
const chromium = await browser();
const context = await chromium.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
const page = await openPage(context, desk);
const other = await openPage(context, wave);
const shot = async (name, options = {}, of = page) => {
  await of.screenshot({ path: join(pictures, `${name}.png`), ...options });
  console.log(`docs/pictures/${name}.png`);
};
try {
  await page.goto(desk.here);
  await idle(page);
  await shot('overview');
  await page.goto(`${desk.url}/incidents/civil-protection%3ACP-016`);
  await page.locator('.bars .sum').first().waitFor();
  await page.locator('.values details', { hasText: '31 +' }).locator('summary').click();
  await shot('incident');
  await page.goto(`${desk.url}/review`);
  await page.locator('.beside').waitFor();
  await shot('review');
  // As tall as the page: a picture of more than the window would catch the map while it is resized.
  await other.setViewportSize({ width: 1280, height: 1180 });
  await other.goto(wave.here);
  await other.goto(`${wave.url}/alarms`);
  await other.locator('article.alarm svg.weeks').first().waitFor();
  await idle(other);
  await shot('early-warning', {}, other);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(desk.url);
  await idle(page);
  await shot('narrow-dark');
  const failures = [...page.failures, ...other.failures];
  if (failures.length > 0) throw new Error(failures.join('\n'));
} finally {
  await chromium.close();
  await desk.stop();
  await wave.stop();
}
