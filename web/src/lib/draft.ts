// A drafted mapping, changed line by line: what a column is read as, and what the source says of itself. The text stays
// the mapping that is handed in; whatever is not understood here is left as it is.

const LINE = /^("(?:[^"\\]|\\.)*"|[\w-]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:#\s*(.*))?$/;

export interface Column { column: string; as: string; note: string }

function unquoted(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

/** The lines of a section, by their positions in the text. */
function section(lines: string[], name: string): [number, number] | null {
  const start = lines.findIndex((line) => line.trim() === `[${name}]`);
  if (start < 0) return null;
  const rest = lines.slice(start + 1).findIndex((line) => line.trim().startsWith('['));
  return [start + 1, rest < 0 ? lines.length : start + 1 + rest];
}

/** The columns that stand alone: each with the field it is read as, or nothing where it is not kept. */
export function columns(mapping: string): Column[] {
  const lines = mapping.split('\n');
  return ['fields', 'ignore'].flatMap((name) => {
    const range = section(lines, name);
    if (!range) return [];
    return lines.slice(...range).flatMap((line) => {
      const found = LINE.exec(line.trim());
      return found ? [{ column: unquoted(found[1]!), as: name === 'ignore' ? '' : found[2]!, note: found[3] ?? '' }] : [];
    });
  });
}

/** The same mapping with a column read as a field, or not kept. */
export function readAs(mapping: string, column: string, field: string): string {
  const found = columns(mapping).find((it) => it.column === column);
  if (!found || found.as === field) return mapping;
  const lines = mapping.split('\n');
  const from = section(lines, found.as === '' ? 'ignore' : 'fields')!;
  const at = lines.findIndex((line, idx) => idx >= from[0] && idx < from[1] && columnOf(line) === column);
  lines.splice(at, 1);
  const name = field === '' ? 'ignore' : 'fields';
  const note = found.note ? ` # ${found.note}` : '';
  const line = `${JSON.stringify(column)} = ${JSON.stringify(field === '' ? 'not needed' : field)}${note}`;
  const to = section(lines, name);
  if (to) lines.splice(to[0], 0, line);
  else lines.push('', `[${name}]`, line);
  return lines.join('\n');
}

function columnOf(line: string): string | null {
  const found = LINE.exec(line.trim());
  return found ? unquoted(found[1]!) : null;
}

/** What the source says of itself: title, organisation, licence, credit, kind. */
export function about(mapping: string, key: string): string {
  const lines = mapping.split('\n');
  const range = section(lines, 'source');
  const line = range ? lines.slice(...range).find((it) => columnOf(it) === key) : undefined;
  const found = line ? LINE.exec(line.trim()) : null;
  return found ? (JSON.parse(`"${found[2]!}"`) as string) : '';
}

/** The same mapping in which the source says something else of itself. */
export function saying(mapping: string, key: string, value: string): string {
  const lines = mapping.split('\n');
  const range = section(lines, 'source');
  if (!range) return mapping;
  const at = lines.findIndex((line, idx) => idx >= range[0] && idx < range[1] && columnOf(line) === key);
  const line = `${key} = ${JSON.stringify(value)}`;
  if (at < 0) lines.splice(range[0], 0, line);
  else lines[at] = line;
  return lines.join('\n');
}
