// Land and borders from Natural Earth (npm world-atlas), and the look of what is drawn on them.

import type { StyleSpecification } from 'maplibre-gl';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import coarseUrl from 'world-atlas/countries-110m.json?url';
import fineUrl from 'world-atlas/countries-50m.json?url';

type World = Topology<{ land: GeometryCollection; countries: GeometryCollection }>;

export interface Ground { land: GeoJSON.GeoJSON; borders: GeoJSON.GeoJSON }

/** A ring that steps over 180° goes on beyond it: drawn as it stands, it would cross the whole map. */
export function unwrapped(ring: GeoJSON.Position[]): GeoJSON.Position[] {
  let turn = 0;
  let last: number | null = null;
  const laid = ring.map(([lon, lat]) => {
    if (last !== null && Math.abs(lon! - last) > 180) turn += lon! < last ? 360 : -360;
    last = lon!;
    return [lon! + turn, lat!];
  });
  // A ring around a pole does not come back to where it began.
  return turn === 0 ? laid : ring;
}

function unwrappedLand(land: GeoJSON.FeatureCollection | GeoJSON.Feature): GeoJSON.GeoJSON {
  const features = land.type === 'Feature' ? [land] : land.features;
  const polygons = features.flatMap(({ geometry }) =>
    geometry.type === 'MultiPolygon' ? geometry.coordinates : geometry.type === 'Polygon' ? [geometry.coordinates] : []);
  const coordinates = polygons.map((rings) => rings.map(unwrapped));
  return { type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates } };
}

/** The whole world; finer where one looks closely. */
export async function ground(fine: boolean): Promise<Ground> {
  const world = (await (await fetch(fine ? fineUrl : coarseUrl)).json()) as World;
  return {
    land: unwrappedLand(feature(world, world.objects.land)),
    // Lines between two countries only: the coast is the edge of the land, and a mesh has no cut at 180°.
    borders: mesh(world, world.objects.countries as never, (a, b) => a !== b),
  };
}

export interface Colours { sea: string; land: string; border: string; dot: string; ink: string; paper: string }

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { sea: of('sea'), land: of('land'), border: of('border'), dot: of('dot'), ink: of('ink'), paper: of('panel') };
}

const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

export function style(c: Colours): StyleSpecification {
  const empty = { type: 'geojson' as const, data: nothing };
  return {
    version: 8,
    sources: { land: empty, borders: empty, areas: empty, cells: empty },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': c.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': c.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': c.border, 'line-width': 0.6 } },
      { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': c.border, 'line-width': 0.6, 'line-dasharray': [3, 2] } },
      { id: 'areas', type: 'fill', source: 'areas', paint: { 'fill-color': c.dot, 'fill-opacity': 0.14 } },
      { id: 'edges', type: 'line', source: 'areas', paint: { 'line-color': c.dot, 'line-opacity': 0.5, 'line-width': 1, 'line-dasharray': [2, 2] } },
      {
        id: 'cells', type: 'circle', source: 'cells',
        paint: {
          'circle-radius': ['get', 'size'], 'circle-color': c.dot,
          'circle-opacity': ['case', ['==', ['get', 'n'], 1], 0.85, 0.55],
          'circle-stroke-color': c.paper, 'circle-stroke-width': 1,
        },
      },
      { id: 'counts', type: 'symbol', source: 'cells', filter: ['>', ['get', 'n'], 1], layout: { 'icon-image': ['get', 'label'], 'icon-allow-overlap': true } },
    ],
  };
}
