// Cells of the overview as things to draw.

import type { Cell } from './types';

/** Radius in pixels: the area grows with the number, and the smallest can still be hit. */
export function size(n: number): number {
  return n === 1 ? 5 : Math.min(7 + 3.2 * Math.log2(n), 34);
}

/** "1.2k" where the number would not fit. */
export function short(n: number): string {
  if (n < 1000) return String(n);
  const [value, unit] = n < 1e6 ? [n / 1000, 'k'] : [n / 1e6, 'M'];
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)}${unit}`;
}

const METRES_PER_DEGREE = 111_195;

/** A circle on the ground around a place, as a ring of points. */
export function circle([lon, lat]: [number, number], metres: number, points = 48): [number, number][] {
  const high = metres / METRES_PER_DEGREE;
  const wide = high / Math.max(Math.cos((lat * Math.PI) / 180), 0.02);
  const ring: [number, number][] = [];
  for (let at = 0; at <= points; at += 1) {
    const angle = (2 * Math.PI * (at % points)) / points;
    ring.push([lon + wide * Math.cos(angle), Math.max(-89.9, Math.min(89.9, lat + high * Math.sin(angle)))]);
  }
  return ring;
}

export function dots(cells: Cell[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: cells.map((cell, idx) => ({
      type: 'Feature',
      id: idx,
      geometry: { type: 'Point', coordinates: cell.at },
      properties: { idx, n: cell.n, size: size(cell.n), label: `n:${short(cell.n)}` },
    })),
  };
}

/** Places that are not known to the point, as areas; and circles that are meant as such. */
export function areas(cells: Cell[], circles: { at: [number, number]; radius_m: number }[] = []): GeoJSON.FeatureCollection {
  const wide = cells.filter((cell) => cell.id !== null && (cell.radius_m ?? 0) > 0);
  return {
    type: 'FeatureCollection',
    features: [...wide, ...circles].map((cell) => ({
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [circle(cell.at, cell.radius_m ?? 0)] },
      properties: {},
    })),
  };
}
